import * as assert from 'uvu/assert'
import { parseLimit } from '../../../src/rollout/limitExpression.ts'
import { suite } from '../../support/suite.ts'

const fleet = [
  { id: 'eu/db-1', zone: 'eu', labels: { role: 'db', rack: 'a' } },
  { id: 'eu/web-1', zone: 'eu', labels: { role: 'web' } },
  { id: 'us/db-1', zone: 'us', labels: { role: 'db' } },
  { id: 'lone', labels: {} },
]

suite('parseLimit', (test) => {
  const rows: [expression: string, ids: string[]][] = [
    ['zone=eu', ['eu/db-1', 'eu/web-1']],
    ['zone=eu,role!=db', ['eu/web-1']],
    ['zone=eu|us', ['eu/db-1', 'eu/web-1', 'us/db-1']],
    ['zone!=eu|us', ['lone']],
    [' zone=u* , role=d* ', ['us/db-1']],
    ['lone', ['lone']],
    ['!lone', ['eu/db-1', 'eu/web-1', 'us/db-1']],
    ['*', ['lone']],
    ['**', ['eu/db-1', 'eu/web-1', 'us/db-1', 'lone']],
    ['*/db-*', ['eu/db-1', 'us/db-1']],
    ['id!=**db-1,zone=**', ['eu/web-1', 'lone']],
    ['rack=a', ['eu/db-1']],
    ['rack!=a', ['eu/web-1', 'us/db-1', 'lone']],
    ['toString=*', ['eu/db-1', 'eu/web-1', 'us/db-1', 'lone']],
    ['toString!=x', ['eu/db-1', 'eu/web-1', 'us/db-1', 'lone']],
  ]
  for (const [expression, ids] of rows) {
    test(expression, () => {
      assert.equal(
        fleet.filter(parseLimit(expression)).map(({ id }) => id),
        ids,
      )
    })
  }

  for (const expression of ['', ',', 'zone=', '=eu', 'zone==eu', 'a b=c', '!', 'zone=eu,', 'a!b']) {
    test(`"${expression}" :: is refused with the grammar`, () => {
      assert.throws(
        () => parseLimit(expression),
        (error: Error) =>
          error instanceof RangeError && /is not a term of it: write KEY=VALUE/.test(error.message),
      )
    })
  }

  test('a pattern that is too long is refused', () => {
    assert.throws(() => parseLimit('a'.repeat(5_000)), /at most 4096 characters/)
  })
})
