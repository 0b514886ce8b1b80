import * as assert from 'uvu/assert'
import type { Strategy } from '../../../machines/rollout/plan.ts'
import { always, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('paused', (test) => {
  const paused = (given: Partial<Strategy> = {}) => send(begun(10, given), { type: 'pause' })

  edge(
    test,
    'paused · target.done [isCurrent] → paused (stays)',
    paused(),
    ends(0),
    ({ value, context }) => {
      assert.equal([value, context.out, context.next], ['paused', [1], 2])
      assert.is(context.counts.done, 1)
    },
  )

  always(
    test,
    'paused · always [hasToGoBack] → stopping',
    paused({ onFailure: 'rollback' }),
    ends(0, 'failed'),
    ({ value, context }) => assert.equal([value, context.goesBack], ['stopping', true]),
  )

  always(
    test,
    'paused · always [hasToStop] → stopping',
    paused({ onFailure: 'stop' }),
    ends(0, 'failed'),
    ({ value, context }) => assert.equal([value, context.goesBack], ['stopping', false]),
  )

  const failedIn = (given: Partial<Strategy>) => send(begun(10, given), ends(0, 'failed'))

  edge(
    test,
    'paused · resume [isInCanary] → canary',
    failedIn({ canaries: [4] }),
    { type: 'resume' },
    ({ value, context }) => assert.equal([value, context.out], ['canary', [1, 2]]),
  )

  edge(test, 'paused · resume → rolling', failedIn({}), { type: 'resume' }, ({ value, context }) =>
    assert.equal([value, context.out], ['rolling', [1, 2]]),
  )

  test('paused :: who resumes accepts the failures so far, and the next one pauses again', () => {
    const resumed = send(failedIn({}), { type: 'resume' }, ends(1))
    assert.is(resumed.value, 'rolling')
    assert.is(send(resumed, ends(2, 'failed')).value, 'paused')
    assert.is(send(resumed, ends(2, 'unreachable')).value, 'paused')
  })

  test('paused :: who resumes after an alarm is asked again by the next', () => {
    const mismatch = ends(0, 'failed', { code: 'consent-mismatch' })
    const resumed = send(begun(10, { maxFailures: 9 }), mismatch, { type: 'resume' })
    assert.equal([resumed.value, resumed.context.alarm], ['rolling', undefined])
    const again = ends(1, 'failed', { code: 'consent-mismatch' })
    assert.is(send(resumed, again).value, 'paused')
  })

  edge(
    test,
    'paused · retry [mayRetryInCanary] → canary',
    send(failedIn({ canaries: [4] }), ends(1)),
    { type: 'retry' },
    ({ value, context }) => {
      assert.equal([value, context.attempt, context.size], ['canary', 2, 9])
      // The failed target and two that were not taken make up the rest of the canaries.
      assert.equal([context.out, context.again], [[0, 1], { failed: 1, unreachable: 0 }])
    },
  )

  edge(
    test,
    'paused · retry [mayRetry] → rolling',
    send(failedIn({}), ends(1, 'unreachable')),
    { type: 'retry' },
    ({ value, context }) => {
      assert.equal([value, context.attempt, context.size], ['rolling', 2, 10])
      assert.equal([context.out, context.again], [[0, 1], { failed: 1, unreachable: 1 }])
    },
  )

  test('paused :: a retry of one kind accepts the other, and the next of it counts again', () => {
    const lost = send(begun(10), ends(0, 'failed'), ends(1, 'unreachable'))
    const retried = send(lost, { type: 'retry', only: 'failed' })
    assert.equal([retried.value, retried.context.size, retried.context.out], ['rolling', 9, [0, 1]])
    const back = send(retried, ends(0, 'done', { attempt: 2, was: 'failed' }))
    assert.is(back.value, 'rolling')
    assert.is(send(back, ends(1, 'unreachable', { attempt: 2 })).value, 'paused')
    assert.is(send(back, ends(1, 'failed', { attempt: 2 })).value, 'paused')
  })

  test('paused :: those that a retry did not come to are lost still, by what they were', () => {
    const given = { parallel: 1, maxFailures: 9, maxUnreachable: 9 }
    const lost = send(
      begun(4, given),
      ends(0, 'failed'),
      ends(1, 'failed'),
      ends(2, 'unreachable'),
      { type: 'pause' },
      ends(3),
      { type: 'retry', only: 'failed' },
      { type: 'pause' },
      ends(0, 'done', { attempt: 2, was: 'failed' }),
    )
    assert.equal([lost.value, lost.context.next, lost.context.size], ['paused', 1, 2])
    const size = (only?: 'failed' | 'unreachable') =>
      send(lost, { type: 'retry', ...(only && { only }) }).context.size
    assert.equal([size('failed'), size('unreachable'), size()], [1, 1, 2])
  })

  test('paused :: no retry while a target is at work', () => {
    assert.not(failedIn({}).can({ type: 'retry' }))
    assert.not(failedIn({ canaries: [4] }).can({ type: 'retry' }))
  })

  test('paused :: a retry in the canaries ends where they would have ended', () => {
    const retried = send(failedIn({ canaries: [4] }), ends(1), { type: 'retry' })
    const done = (position: number) => ends(position, 'done', { attempt: 2 })
    const held = send(retried, done(0), done(1), done(2))
    assert.equal([held.value, held.context.next, held.context.counts.done], ['holding', 3, 4])
  })

  edge(test, 'paused · cancel → stopping', paused(), { type: 'cancel' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', false]),
  )

  edge(test, 'paused · rollback → stopping', paused(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', true]),
  )
})
