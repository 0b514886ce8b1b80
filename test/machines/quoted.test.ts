import * as assert from 'uvu/assert'
import { quoted } from '../../machines/text.ts'
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
