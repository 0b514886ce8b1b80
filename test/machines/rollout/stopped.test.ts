import * as assert from 'uvu/assert'
import type { Strategy } from '../../../machines/rollout/plan.ts'
import { begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('stopped', (test) => {
  const stopped = (given: Partial<Strategy> = {}) =>
    send(begun(10, given), { type: 'cancel' }, ends(0), ends(1, 'failed'))

  edge(test, 'stopped · rollback → rollingBack', stopped(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.attempt], ['rollingBack', 2]),
  )

  edge(
    test,
    'stopped · retry [mayRetryInCanary] → canary',
    stopped({ canaries: [3] }),
    { type: 'retry' },
    ({ value, context }) =>
      assert.equal([value, context.attempt, context.out], ['canary', 2, [0, 1]]),
  )

  edge(
    test,
    'stopped · retry [mayRetry] → rolling',
    stopped(),
    { type: 'retry' },
    ({ value, context }) =>
      assert.equal([value, context.attempt, context.size, context.out], ['rolling', 2, 9, [0, 1]]),
  )

  test('stopped :: without a loss, a retry goes on with the targets that never began', () => {
    const early = send(begun(10), { type: 'cancel' }, ends(0), ends(1))
    assert.is(send(early, { type: 'retry' }).context.size, 8)
    assert.not(early.can({ type: 'retry', only: 'failed' }))
  })
})
