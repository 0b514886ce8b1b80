import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { visible, visibleJson } from '../../../src/text/visible.ts'
import { suite } from '../../support/suite.ts'

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

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
]

suite('visible', (test) => {
  for (const [name, text, shown] of cases) {
    test(name, () => assert.is(visible(text), shown))
  }

  test('nothing unseen is left of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.not.ok(UNSEEN.test(visible(text)))
      }),
    )
  })
})

suite('visibleJson', (test) => {
  test('is one line, shows what is unseen, and keeps the value', () => {
    const value = { text: cases.map(([, text]) => text).join('|'), list: [1, null] }
    const line = visibleJson(value)
    assert.not.ok(UNSEEN.test(line))
    assert.equal(JSON.parse(line), value)
  })

  test('any value comes back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const line = visibleJson({ value, text })
        assert.not.ok(UNSEEN.test(line))
        assert.is(JSON.stringify(JSON.parse(line)), JSON.stringify({ value, text }))
      }),
    )
  })
})
