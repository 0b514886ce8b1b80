import fc from 'fast-check'
import stringWidth from 'string-width'
import * as assert from 'uvu/assert'
import { usesColors } from '../../../src/command/paint.ts'
import { fitLine, terminalStyle } from '../../../src/command/views/terminal.ts'
import { suite } from '../../support/suite.ts'

const utf8 = { LANG: 'C.UTF-8' }

suite('terminalStyle', (test) => {
  const cases: [env: Record<string, string>, isTTY: boolean, colours: boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
  ]
  for (const [env, isTTY, colours] of cases) {
    const where = isTTY ? 'a terminal' : 'a pipe'
    test(`colours :: ${JSON.stringify(env)} in ${where} :: ${colours}`, () => {
      assert.is(usesColors(env, { isTTY }), colours)
    })
  }

  test('without UTF-8 every sign is ASCII', () => {
    for (const env of [{}, { LANG: 'C' }, { ...utf8, LC_ALL: 'POSIX' }]) {
      const { paint: _, spinner, ...signs } = terminalStyle(env)
      assert.match([...spinner, ...Object.values(signs)].join(''), /^[\x20-\x7e]+$/)
    }
    assert.is(terminalStyle(utf8).done, '✔')
    assert.is(terminalStyle({ LC_CTYPE: 'en_US.utf8' }).done, '✔')
  })

  test('every sign of a bar, and every turn of the spinner, takes one column', () => {
    for (const env of [{}, utf8]) {
      const { done, failed, again, full, half, empty, spinner } = terminalStyle(env)
      for (const sign of [done, failed, again, full, half, empty, ...spinner]) {
        assert.is(stringWidth(sign), 1, sign)
      }
    }
  })
})

suite('fitLine', (test) => {
  const style = terminalStyle({ ...utf8, NO_COLOR: '1' })

  test('a line that fits is unchanged', () => {
    assert.equal(fitLine([{ text: 'ab' }, { text: 'cd' }], 4, style), { text: 'abcd', width: 4 })
  })

  test('a longer line is cut', () => {
    const pieces = [{ text: 'ab' }, { text: 'cdef' }, { text: 'g' }]
    assert.equal(fitLine(pieces, 5, style), { text: 'abcd…', width: 5 })
    assert.equal(fitLine(pieces, 0, style), { text: '', width: 0 })
  })

  test('wide characters take two columns', () => {
    assert.equal(fitLine([{ text: '日本語' }], 5, style), { text: '日本…', width: 5 })
    assert.equal(fitLine([{ text: '日本語' }], 4, style), { text: '日…', width: 3 })
  })

  test('a sign of several code points is counted as a terminal draws it, and never cut apart', () => {
    assert.equal(fitLine([{ text: '👩‍👩‍👧x' }], 3, style), { text: '👩‍👩‍👧x', width: 3 })
    assert.equal(fitLine([{ text: 'e\u0301e\u0301e\u0301' }], 2, style), {
      text: 'e\u0301…',
      width: 2,
    })
  })

  test('colours are put around what was cut', () => {
    const line = fitLine([{ text: 'abc', tone: 'failed' }], 2, terminalStyle(utf8))
    assert.equal(line, { text: '\x1b[31ma…\x1b[39m', width: 2 })
  })

  test('no line is wider than it may be', () => {
    const piece = fc.record({ text: fc.string({ unit: 'grapheme' }) })
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.nat(40),
        fc.constantFrom(utf8, {}),
        (pieces, columns, env) => {
          const line = fitLine(pieces, columns, terminalStyle({ ...env, NO_COLOR: '1' }))
          assert.ok(line.width <= columns)
          assert.is(line.width, stringWidth(line.text))
        },
      ),
    )
  })
})
