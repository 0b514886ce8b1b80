import * as assert from 'uvu/assert'
import { asList, asObject, asString, decodeJson } from '../../../adapters/embedded/goJson.ts'
import { suite } from '../../support/suite.ts'

suite('embedded goJson', (test) => {
  const values: [text: string, value: unknown, more: boolean][] = [
    ['[1] ', [1], false],
    [' {"a":"]"} null', { a: ']' }, true],
    ['"a\\"b" x', 'a"b', true],
    ['"a\\\\"', 'a\\', false],
    ['12 13', 12, true],
    ['null', null, false],
  ]
  for (const [text, value, more] of values) {
    test(`decodes the first value of ${text}`, () => {
      assert.equal(decodeJson(text), { value, more })
    })
  }

  const failures: [text: string, words: string][] = [
    [' ', 'EOF'],
    ['[1', 'unexpected EOF'],
    ['"a', 'unexpected EOF'],
    ['name', 'unexpected EOF'],
    ['x', "invalid character 'x' looking for beginning of value"],
  ]
  for (const [text, words] of failures) {
    test(`says of "${text}": ${words}`, () => {
      assert.throws(
        () => decodeJson(text),
        (error: Error) => error.message === words,
      )
    })
  }

  test('refuses other kinds of values in words of Go', () => {
    const words = (kind: string) => (error: Error) =>
      error.message === `json: cannot unmarshal ${kind} into Go value of type T`
    assert.throws(() => asList({}, 'T'), words('object'))
    assert.throws(() => asList(true, 'T'), words('bool'))
    assert.throws(() => asObject([], 'T'), words('array'))
    assert.throws(() => asObject('a', 'T'), words('string'))
    assert.throws(
      () => asString(1),
      (error: Error) => error.message.includes('number into Go value of type string'),
    )
  })

  test('takes nothing for an empty value', () => {
    assert.equal([asList(null, 'T'), asList(undefined, 'T')], [[], []])
    assert.equal([asObject(null, 'T'), asObject(undefined, 'T')], [{}, {}])
    assert.equal([asString(null), asString(undefined)], ['', ''])
  })
})
