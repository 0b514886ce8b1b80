import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { isTooDeep } from '../../../../adapters/engine/http/jsonStream.ts'
import { suite } from '../../../support/suite.ts'

suite('isTooDeep', (test) => {
  test('counts the levels of a value, and no brackets in its texts', () => {
    const words = fc.array(fc.constantFrom('[', '{', ']', '}', '"', '\\', 'a'), { maxLength: 300 })
    fc.assert(
      fc.property(fc.nat({ max: 400 }), fc.boolean(), words, (levels, isList, text) => {
        let value: unknown = text.join('')
        for (let level = 0; level < levels; level += 1) {
          value = isList ? [value] : { [text.join('')]: value }
        }
        const json = JSON.stringify([' '.repeat(500), value])
        assert.is(isTooDeep(json), levels + 1 > 40)
      }),
    )
  })

  test('counts the levels of a text that has hardly room for them', () => {
    const levels = fc.array(fc.boolean(), { minLength: 30, maxLength: 50 })
    const mostlyObjects = fc.array(
      fc.nat({ max: 40 }).map((chance) => chance === 0),
      {
        minLength: 38,
        maxLength: 43,
      },
    )
    fc.assert(
      fc.property(fc.oneof(levels, mostlyObjects), (lists) => {
        let value: unknown = 1
        for (const isList of lists) value = isList ? [value] : { '': value }
        assert.is(isTooDeep(JSON.stringify(value)), lists.length > 40)
      }),
    )
  })

  test('counts up to the levels that are asked for', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    for (const most of [1, 2, 200]) {
      assert.is(isTooDeep(nested(most), most), false)
      assert.is(isTooDeep(nested(most + 1), most), true)
    }
  })

  test('levels beside each other add nothing', () => {
    assert.is(isTooDeep(JSON.stringify(Array(10_000).fill([[{}]]))), false)
  })
})
