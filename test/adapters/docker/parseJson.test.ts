import * as assert from 'uvu/assert'
import { findRepeated, placeInJson } from '../../../adapters/docker/parseJson.ts'
import { suite } from '../../support/suite.ts'

const text = `{
  "targets": [
    { "id": "a", "labels": {} },
    { "id": "b \\"{[,", "labels": { "id": [1, [], "x"] } }
  ],
  "more": [], "last": -1.5e3
}`

suite('placeInJson', (test) => {
  const places: [path: (string | number)[], place: string][] = [
    [[], 'at line 1, column 1'],
    [['targets'], 'at line 2, column 3'],
    [['targets', 0], 'at line 3, column 5'],
    [['targets', 0, 'labels'], 'at line 3, column 18'],
    [['targets', 1, 'id'], 'at line 4, column 7'],
    [['targets', 1, 'labels', 'id', 2], 'at line 4, column 50'],
    [['last'], 'at line 6, column 15'],
    [['targets', 1, 'labels', 'missing'], 'at line 4, column 24'],
    [['targets', 7], 'at line 2, column 3'],
    [['more', 0], 'at line 6, column 3'],
  ]
  for (const [path, place] of places) {
    test(`${JSON.stringify(path)} :: ${place}`, () => assert.is(placeInJson(text, path), place))
  }
})

suite('findRepeated', (test) => {
  test('a name in objects of their own :: is not repeated', () => {
    assert.is(findRepeated(text), undefined)
    assert.is(findRepeated('{"a":{"a":{"a":1}},"b":["a","a"]}'), undefined)
  })

  test('the second of two, also escaped, is found', () => {
    assert.equal(findRepeated('[{"a":1},\n{"a":1,"b":[{}],"\\u0061":2}]'), {
      name: 'a',
      place: 'at line 2, column 17',
    })
  })

  test('__proto__ twice :: is found as any other name', () => {
    assert.is(findRepeated('{"__proto__":1,"__proto__":2}')?.name, '__proto__')
  })

  test('the first that is repeated is reported', () => {
    assert.is(findRepeated('{"a":1,"b":1,"b":2,"a":2}')?.name, 'b')
  })
})
