import * as assert from 'uvu/assert'
import {
  type FoundLine,
  splitLine,
  splitTypedLine,
} from '../../../src/command/install/lineInput.ts'
import { suite } from '../../support/suite.ts'

type Case = [text: string, isEnded: boolean, taken: FoundLine | undefined]

const sent: Case[] = [
  ['a\nb', false, { line: 'a', rest: 'b' }],
  ['\n', false, { line: '', rest: '' }],
  ['a', false, undefined],
  ['', false, undefined],
  ['a', true, { line: 'a', rest: '' }],
  ['', true, { rest: '' }],
]

const typed: Case[] = [
  ['pa:ss wörd 🐳\r', false, { line: 'pa:ss wörd 🐳', rest: '' }],
  ['a\nb', false, { line: 'a', rest: 'b' }],
  ['\r', false, { line: '', rest: '' }],
  ['a', false, undefined],
  ['', false, undefined],
  // Backspace, in both of its ways, and on nothing.
  ['ab\x7fc\bd\r', false, { line: 'ad', rest: '' }],
  ['\x7f\x7fa\r', false, { line: 'a', rest: '' }],
  ['a🐳\x7f\r', false, { line: 'a', rest: '' }],
  // Ctrl-U
  ['wrong\x15right\r', false, { line: 'right', rest: '' }],
  // Arrows, a function key, a paste in brackets, Alt and a letter, Escape alone, a tab, Ctrl-W.
  ['a\x1b[D\x1bOP\x1b[15;2~b\r', false, { line: 'ab', rest: '' }],
  ['\x1b[200~pasted\x1b[201~\r', false, { line: 'pasted', rest: '' }],
  ['a\x1bxb\x1b\r', false, { line: 'ab', rest: '' }],
  ['a\tb\x17\r', false, { line: 'ab', rest: '' }],
  // Ctrl-C, whatever was typed before.
  ['secret\x03more', false, { rest: 'more', isInterrupted: true }],
  // Ctrl-D ends on an empty line, and only there.
  ['\x04', false, { rest: '' }],
  ['a\x7f\x04', false, { rest: '' }],
  ['a\x04b\r', false, { line: 'ab', rest: '' }],
  // Half a line at the end of the input, and one without an end, are not lines.
  ['half', true, { rest: '' }],
  ['a'.repeat(70_000), false, { rest: '' }],
]

suite('splitLine', (test) => {
  for (const [text, isEnded, taken] of sent) {
    test(`${JSON.stringify(text)}${isEnded ? ', then the end' : ''}`, () => {
      assert.equal(splitLine(text, isEnded), taken)
    })
  }
})

suite('splitTypedLine', (test) => {
  for (const [text, isEnded, taken] of typed) {
    test(`${JSON.stringify(text.slice(0, 40))}${isEnded ? ', then the end' : ''}`, () => {
      assert.equal(splitTypedLine(text, isEnded), taken)
    })
  }
})
