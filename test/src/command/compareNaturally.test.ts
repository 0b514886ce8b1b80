import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { compareNaturally } from '../../../src/command/listing.ts'
import { suite } from '../../support/suite.ts'

suite('compareNaturally', (test) => {
  test('numbers by their size, the rest by its characters', () => {
    const names = ['a:10', 'b', 'a:9', 'a', '10', '9', 'a:1', 'B', '09', 'a:10.10', 'a:10.9', '']
    assert.equal(names.sort(compareNaturally), [
      '',
      '9',
      '09',
      '10',
      'B',
      'a',
      'a:1',
      'a:9',
      'a:10',
      'a:10.9',
      'a:10.10',
      'b',
    ])
  })

  test('is an order', () => {
    const name = fc.oneof(fc.string(), fc.stringMatching(/^[a0-9]{0,6}$/))
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        assert.is(Math.sign(compareNaturally(a, b)), -Math.sign(compareNaturally(b, a)) + 0)
        if (compareNaturally(a, b) <= 0 && compareNaturally(b, c) <= 0) {
          assert.ok(compareNaturally(a, c) <= 0)
        }
        assert.is(compareNaturally(a, a), 0)
      }),
    )
  })
})
