import * as assert from 'uvu/assert'
import type { TargetOutcome } from '../../../machines/rollout/types.ts'
import { always, begun, edge, ends, type Snapshot, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('rolling', (test) => {
  edge(
    test,
    'rolling · target.done [isCurrent] → rolling (stays)',
    begun(10),
    ends(0),
    ({ value, context }) =>
      assert.equal([value, context.out, context.counts.done], ['rolling', [1, 2], 1]),
  )

  always(
    test,
    'rolling · always [hasToPause] → paused',
    begun(10, { maxFailures: '10%' }),
    ends(0, 'failed', { code: 'unauthorized' }),
    ({ value, context }) => assert.equal([value, context.out], ['paused', [1]]),
  )

  test('rolling :: failures and targets without an answer have budgets of their own', () => {
    const from = begun(10, { maxFailures: 1, maxUnreachable: 1 })
    const within = send(from, ends(0, 'failed'), ends(1, 'unreachable'))
    assert.equal([within.value, within.context.out], ['rolling', [2, 3]])
    assert.is(send(within, ends(2, 'abandoned')).value, 'paused')
    assert.is(send(within, ends(2, 'unreachable')).value, 'paused')
  })

  test('rolling :: a batch has the budget too', () => {
    const from = begun(100, { maxFailures: '10%', batch: 10, parallel: 10 })
    const within = send(from, ends(0, 'failed'))
    assert.is(within.value, 'rolling')
    assert.is(send(within, ends(1, 'failed')).value, 'paused')
  })

  for (const [outcome, budget] of [
    ['failed', 'maxFailures'],
    ['abandoned', 'maxFailures'],
    ['unreachable', 'maxUnreachable'],
  ] as const) {
    test(`rolling :: beyond the budget of a batch for those ${outcome} no further target begins`, () => {
      const from = begun(100, { maxFailures: 0, maxUnreachable: 0, [budget]: '10%', batch: 10 })
      const within = send(from, ends(0, outcome))
      assert.equal([within.value, within.context.out], ['rolling', [1, 2]])
      const { value, context } = send(within, ends(1, outcome))
      assert.equal([value, context.out], ['paused', [2]])
    })
  }

  const batch = (from: Snapshot, first: number, ...outcomes: TargetOutcome[]) =>
    send(from, ...outcomes.map((outcome, index) => ends(first + index, outcome)))

  test('rolling :: the budget of a later batch is a share of that batch alone', () => {
    let now = begun(100, { maxFailures: '10%', batch: 10 })
    for (const first of [0, 10]) now = batch(now, first, ...Array(10).fill('done'))
    assert.is(batch(now, 20, 'failed').value, 'rolling')
    assert.is(batch(now, 20, 'failed', 'failed').value, 'paused')
  })

  test('rolling :: failures within the budget of each batch have one of the rollout, which is asked for again', () => {
    const second = batch(begun(8, { maxFailures: 1, batch: 2 }), 0, 'done', 'failed', 'failed')
    assert.is(second.value, 'paused')
    const third = send(second, { type: 'resume' }, ends(3))
    assert.equal([third.value, third.context.step], ['rolling', 2])
    assert.is(send(third, ends(4, 'failed')).value, 'paused')
  })

  test('rolling :: a failure whose code is no alarm has the budget alone', () => {
    const from = begun(10, { maxFailures: 1 })
    const { value, context } = send(from, ends(0, 'failed', { code: 'engine-failed' }))
    assert.equal([value, context.alarm], ['rolling', undefined])
  })

  test('rolling :: the shortest time of monitoring is monitored', () => {
    const { value } = send(begun(1, { monitor: 1 }), ends(0))
    assert.equal(value, { monitoring: 'waiting' })
  })

  always(
    test,
    'rolling · always [hasToGoBack] → stopping',
    begun(10, { onFailure: 'rollback' }),
    ends(1, 'failed'),
    ({ value, context }) => assert.equal([value, context.goesBack], ['stopping', true]),
  )

  always(
    test,
    'rolling · always [hasToStop] → stopping',
    begun(10, { onFailure: 'stop' }),
    ends(1, 'failed'),
    ({ value, context }) => assert.equal([value, context.goesBack], ['stopping', false]),
  )

  always(
    test,
    'rolling · always [hasToMonitor] → monitoring',
    begun(1, { monitor: 5 }),
    ends(0),
    ({ value }) => assert.equal(value, { monitoring: 'waiting' }),
  )

  always(test, 'rolling · always [isOver] → done', begun(1), ends(0), ({ value, context }) =>
    assert.equal([value, context.counts.done], ['done', 1]),
  )

  test('rolling :: one batch follows another', () => {
    const { value, context } = send(begun(3, { batch: 1 }), ends(0))
    assert.equal([value, context.step, context.out], ['rolling', 1, [1]])
  })

  edge(test, 'rolling · pause → paused', begun(10), { type: 'pause' }, ({ value, context }) =>
    assert.equal([value, context.out], ['paused', [0, 1]]),
  )

  edge(test, 'rolling · cancel → stopping', begun(10), { type: 'cancel' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', false]),
  )

  edge(test, 'rolling · rollback → stopping', begun(10), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', true]),
  )
})
