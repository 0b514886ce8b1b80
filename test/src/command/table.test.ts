import * as assert from 'uvu/assert'
import { alignColumns } from '../../../src/command/listing.ts'
import { suite } from '../../support/suite.ts'

suite('alignColumns', (test) => {
  test('columns are at least ten wide and three apart, the last one as it is', () => {
    assert.equal(alignColumns([['ID', 'NAME', 'ENABLED']]), ['ID        NAME      ENABLED'])
    assert.equal(
      alignColumns([
        ['ID', 'NAME'],
        ['8d90ac09fd2b', 'a'],
      ]),
      ['ID             NAME', '8d90ac09fd2b   a'],
    )
  })

  test('characters that take two columns count as two', () => {
    assert.equal(
      alignColumns([
        ['日本語日本語', 'x'],
        ['abc', 'y'],
      ]),
      ['日本語日本語   x', 'abc            y'],
    )
  })

  test('no rows, and rows of other lengths', () => {
    assert.equal(alignColumns([]), [])
    assert.equal(alignColumns([['a'], ['b', 'c'], []]), ['a', 'b         c', ''])
  })
})
