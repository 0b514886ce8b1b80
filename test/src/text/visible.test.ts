import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { clip, inOrder, visible, visibleJson } from '../../../src/text/visible.ts'
import { suite } from '../../support/suite.ts'

/** By number, first to last: what none of these rules may let through, written out from Unicode's tables. */
const UNSEEN_RANGES: readonly (readonly [first: number, last: number])[] = [
  // Control characters, DEL and C1 among them.
  [0x00, 0x1f],
  [0x7f, 0x9f],
  // Default-ignorable (DerivedCoreProperties.txt).
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfff8],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
  // Other format characters.
  [0x600, 0x605],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x890, 0x891],
  [0x8e2, 0x8e2],
  [0xfff9, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  // Spaces other than that of the keyboard, and separators of lines and paragraphs.
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  // Blank by their shape: the empty Braille pattern, the Khitan filler, the null notehead.
  [0x2800, 0x2800],
  [0x16fe4, 0x16fe4],
  [0x1d159, 0x1d159],
  // Half a pair.
  [0xd800, 0xdfff],
]

function isUnseen(text: string): boolean {
  return [...text].some((character) => {
    const code = Number(character.codePointAt(0))
    return UNSEEN_RANGES.some(([first, last]) => code >= first && code <= last)
  })
}

const isRightToLeft = (character: string) =>
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Mende_Kikakui}\p{Script=Hanifi_Rohingya}\p{Script=Cypriot}\p{Script=Phoenician}\p{Script=Old_Turkic}]/u.test(
    character,
  ) && /\p{L}/u.test(character)

const cases: [name: string, text: string, shown: string][] = [
  ['plain text', 'vieux/sshfs:latest ü 日本', 'vieux/sshfs:latest ü 日本'],
  ['an escape sequence', '\x1b[2J', '\\u{1b}[2J'],
  ['a C1 control sequence', '\x9b31m', '\\u{9b}31m'],
  ['line breaks', 'a\r\nb', 'a\\u{d}\\u{a}b'],
  ['a tab and a bell', '\t\x07', '\\u{9}\\u{7}'],
  ['DEL and NUL', '\x7f\0', '\\u{7f}\\u{0}'],
  ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
  ['an isolate', '\u2066', '\\u{2066}'],
  ['a zero-width space', '\u200b', '\\u{200b}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['half a pair', '\ud83d', '\\u{d83d}'],
  ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ['Hangul fillers', '\u3164\u115f\u1160\uffa0', '\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}'],
  ['an empty Braille pattern', '/et\u2800c', '/et\\u{2800}c'],
  ['a variation selector', 'a\ufe0f\u{e0100}', 'a\\u{fe0f}\\u{e0100}'],
  [
    'marks on letters',
    'e\u0301 \u0928\u0940 \u0e17\u0e35\u0e48',
    'e\u0301 \u0928\u0940 \u0e17\u0e35\u0e48',
  ],
  ['a mark that strikes out what stands before', '[\u0336/etc', '[\\u{336}/etc'],
  ['a mark at the start', '\u0338/etc', '\\u{338}/etc'],
  ['a flood of marks', `a${'\u0334'.repeat(5)}`, `a${'\u0334'.repeat(3)}${'\\u{334}'.repeat(2)}`],
  ['spaces of other widths', ' \u00a0\u2003\u3000', ' \\u{a0}\\u{2003}\\u{3000}'],
]

suite('visible', (test) => {
  for (const [name, text, shown] of cases) {
    test(name, () => assert.is(visible(text), shown))
  }

  test('of all characters exactly the unseen ones are changed', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      const shown = isUnseen(character) ? `\\u{${code.toString(16)}}` : character
      // A mark needs a letter.
      assert.is(visible(`a${character}`), `a${shown}`, `U+${code.toString(16)}`)
    }
  })

  test('nothing unseen is left of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.not.ok(isUnseen(visible(text)))
      }),
    )
  })

  test('a cut text is made visible first', () => {
    assert.is(clip('a\u2800b', 20), 'a\\u{2800}b')
    assert.is(clip('\u2800\u2800', 9), '\\u{2800}…')
  })
})

suite('inOrder', (test) => {
  test('letters that are written from right to left are shown by their numbers, and nothing else is changed', () => {
    const said = 'no space for /etc/\u05d0\u05d1 12 \u0627\u{1e900}'
    assert.is(inOrder(said), 'no space for /etc/\\u{5d0}\\u{5d1} 12 \\u{627}\\u{1e900}')
    for (const [name, text, shown] of cases) assert.is(inOrder(text), shown, name)
  })

  test('of all characters none is left that a terminal or a browser writes from right to left', () => {
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code)
      if (!isRightToLeft(character)) continue
      assert.is(inOrder(`a${character}`), `a\\u{${code.toString(16)}}`)
    }
  })
})

suite('visibleJson', (test) => {
  test('letters from right to left are escapes of JSON, which keep the value', () => {
    const value = { '\u05d0': ['/etc \u0627\u{10800}'] }
    const line = visibleJson(value)
    assert.is(line, '{"\\u05d0":["/etc \\u0627\\ud802\\udc00"]}')
    assert.equal(JSON.parse(line), value)
  })

  test('is one line, shows what is unseen, and keeps the value', () => {
    const value = { text: cases.map(([, text]) => text).join('|'), list: [1, null] }
    const line = visibleJson(value)
    assert.not.ok(isUnseen(line))
    assert.equal(JSON.parse(line), value)
  })

  test('any value comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const line = visibleJson({ value, text })
        assert.not.ok(isUnseen(line))
        assert.is(JSON.stringify(JSON.parse(line)), JSON.stringify({ value, text }))
      }),
    )
  })
})
