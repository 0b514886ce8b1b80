import * as assert from 'uvu/assert'
import { listSome, oneLine, quoted } from '../../machines/text.ts'
import { suite } from '../support/suite.ts'

const cases: [name: string, text: string, shown: string][] = [
  ['plain text', 'tcp://engine ü 日本', '"tcp://engine ü 日本"'],
  ['quotes and line breaks', '"a"\r\n', String.raw`"\"a\"\r\n"`],
  ['C1 and DEL', '\x9b\x7f', String.raw`"\u009b\u007f"`],
  ['what turns or hides text', '\u202e\u200b\u2028', String.raw`"\u202e\u200b\u2028"`],
  ['a tag character', '\u{e0041}', String.raw`"\udb40\udc41"`],
]

suite('quoted', (test) => {
  for (const [name, text, shown] of cases) {
    test(`${name} :: on one line, and the same as JSON`, () => {
      assert.is(quoted(text), shown)
      assert.is(JSON.parse(quoted(text)), text)
    })
  }

  test('no longer than is said', () => {
    assert.is(quoted('abcdef', 3), '"abc"')
    assert.is(quoted('x'.repeat(900)).length, 202)
  })
})

suite('oneLine', (test) => {
  const LINES: [words: string, line: string][] = [
    ['', ''],
    [' a\r\n\tb ', 'a b'],
    ['a\u0000\u001b[31mb', 'a [31mb'],
    ['a\u2028b\u2029c\u0085d', 'a b c d'],
    ['a\u202eb\u2066c\ufeffd', 'a b c d'],
    ['ä 漢 😀', 'ä 漢 😀'],
  ]
  for (const [words, line] of LINES) {
    test(JSON.stringify(words), () => assert.is(oneLine(words), line))
  }

  test('long words :: are cut', () => {
    assert.is(oneLine('x'.repeat(300)), 'x'.repeat(300))
    assert.is(oneLine('x'.repeat(301)), `…${'x'.repeat(299)}`)
    assert.match(oneLine(`${'x'.repeat(5_000)}: the cause`), /^…x+: the cause$/)
    assert.is(oneLine(`😀${'x'.repeat(298)}y`), `…${'x'.repeat(298)}y`)
    assert.is(oneLine(' '.repeat(5_000)), '')
    assert.is(oneLine(`x${' '.repeat(1_300)}y`), '…y', 'no more than the end is read')
  })
})

suite('listSome', (test) => {
  test('the first few, and how many more there are', () => {
    assert.is(listSome(['a', 'b']), 'a, b')
    assert.is(listSome(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d, e')
    assert.is(listSome(['a', 'b', 'c', 'd', 'e', 'f']), 'a, b, c, d, e and 1 more')
    assert.is(listSome(['a', 'b', 'c'], 1), 'a and 2 more')
  })
})
