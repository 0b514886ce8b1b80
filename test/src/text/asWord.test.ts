import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { asWord, asWords } from '../../../src/text/visible.ts'
import { suite } from '../../support/suite.ts'

const pieces = fc.constantFrom('a', '/', ' ', ']', '[', '"', '\\', ',', '-', ':', 'host', '\u05d0')
const text = fc.array(pieces, { maxLength: 8 }).map((some) => some.join(''))

suite('asWord', (test) => {
  test('ordinary values stay as they are', () => {
    for (const value of [
      'host',
      'CAP_SYS_ADMIN',
      '/var/lib/docker/',
      '/dev/fuse',
      'a.b=c:d@e',
      'Zoë',
      '',
    ]) {
      assert.is(asWord(value), value)
    }
    for (const name of ['network', 'host pid namespace', 'allow-all-devices']) {
      assert.is(asWords(name), name)
    }
  })

  test('values in a list stay separate, whatever is in them', () =>
    fc.assert(
      fc.property(fc.array(text.filter(Boolean)), (values) => {
        assert.equal(readList(values.map(asWord).join(' ')), values)
      }),
      { numRuns: 2_000 },
    ))

  test('no letter turns the order of others', () => {
    for (const letter of [
      '\u05d0',
      '\u0627',
      '\u07ca',
      '\ufb2e',
      '\ufefc',
      '\u{10840}',
      '\u{1e900}',
    ]) {
      for (const shown of [asWord(`/etc/${letter}/x`), asWords(`x ${letter}`)]) {
        assert.match(shown, /^"[\0-\x7f]+"$/)
        assert.match(shown, `\\u{${letter.codePointAt(0)?.toString(16)}}`)
      }
    }
  })
})

/** The values of a list of words, by the rules of their quotes. */
function readList(list: string): string[] {
  const words = list.match(/"(?:[^"\\]|\\.)*"|[^" ]+/g) ?? []
  return words.map((word) => {
    if (!word.startsWith('"')) return word
    return word
      .slice(1, -1)
      .replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code, sign) =>
        code ? String.fromCodePoint(Number.parseInt(code, 16)) : sign,
      )
  })
}
