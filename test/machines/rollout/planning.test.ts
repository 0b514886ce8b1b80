import * as assert from 'uvu/assert'
import { awaiting, edge, planning, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('planning', (test) => {
  edge(
    test,
    'planning · plan.done [hasNoTargets] → done',
    planning(),
    { type: 'plan.done', size: 0 },
    ({ value, context }) => assert.equal([value, context.size, context.total], ['done', 0, 0]),
  )

  edge(
    test,
    'planning · plan.done → awaitConsent',
    planning(),
    { type: 'plan.done', size: 3 },
    ({ value, context }) =>
      assert.equal([value, context.size, context.total, context.out], ['awaitConsent', 3, 3, []]),
  )

  edge(test, 'planning · cancel → stopped', planning(), { type: 'cancel' }, ({ value }) =>
    assert.is(value, 'stopped'),
  )

  test('stopped before its consent :: nothing can be tried again', () => {
    const stopped = send(awaiting(3), { type: 'cancel' })
    assert.not(stopped.can({ type: 'retry' }))
  })
})
