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

  test('levels beside each other add nothing', () => {
    assert.is(isTooDeep(JSON.stringify(Array(10_000).fill([[{}]]))), false)
  })
})
