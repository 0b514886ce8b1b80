import * as assert from 'uvu/assert'
import type { Strategy } from '../../../machines/rollout/plan.ts'
import { after, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('monitoring', (test) => {
  const waiting = (given: Partial<Strategy> = {}) =>
    send(begun(4, { monitor: 5, batch: 2, ...given }), ends(0), ends(1))
  const looking = (given: Partial<Strategy> = {}) =>
    send(waiting(given), after('monitorTime', 'monitoring.waiting'))
  const monitored = (failed = 0, step = 0) => ({ type: 'batch.monitored', failed, step }) as const

  edge(
    test,
    'monitoring.waiting · after(monitorTime) → monitoring.looking',
    waiting(),
    after('monitorTime', 'monitoring.waiting'),
    ({ value }) => assert.equal(value, { monitoring: 'looking' }),
  )

  edge(
    test,
    'monitoring.looking · batch.monitored [isOfThisStepInCanary] → canary',
    looking({ canaries: [2] }),
    monitored(),
    ({ value, context }) => assert.equal([value, context.isMonitored], ['holding', true]),
  )

  edge(
    test,
    'monitoring.looking · batch.monitored [isOfThisStep] → rolling',
    send(
      begun(2, { monitor: 5, maxFailures: 2 }),
      ends(0),
      ends(1),
      after('monitorTime', 'monitoring.waiting'),
    ),
    monitored(1),
    ({ value, context }) => {
      assert.equal([value, context.isMonitored], ['done', true])
      assert.equal([context.counts.done, context.counts.failed], [1, 1])
      assert.is(context.losses.failed, 1)
    },
  )

  test('monitoring :: after a step of which a plugin is not as it was left the budget decides', () => {
    assert.is(send(looking(), monitored(1)).value, 'paused')
  })

  test('monitoring :: the next batch begins once the last one was looked at', () => {
    const { value, context } = send(looking(), monitored())
    assert.equal([value, context.step, context.out], ['rolling', 1, [2, 3]])
    assert.not(context.isMonitored)
  })

  test('monitoring :: the news of another step have no effect', () => {
    assert.equal(send(looking(), monitored(1, 1)).value, { monitoring: 'looking' })
    assert.equal(send(looking({ canaries: [2] }), monitored(1, 1)).value, { monitoring: 'looking' })
  })

  edge(test, 'monitoring · pause → paused', waiting(), { type: 'pause' }, (next) => {
    assert.is(next.value, 'paused')
    assert.equal(send(next, { type: 'resume' }).value, { monitoring: 'waiting' })
  })

  edge(test, 'monitoring · cancel → stopping', waiting(), { type: 'cancel' }, (next) =>
    assert.is(next.value, 'stopped'),
  )

  edge(test, 'monitoring · rollback → stopping', waiting(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.action], ['rollingBack', 'undo']),
  )
})
