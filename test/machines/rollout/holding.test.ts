import * as assert from 'uvu/assert'
import type { Strategy } from '../../../machines/rollout/plan.ts'
import { after, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('holding', (test) => {
  const holding = (given: Partial<Strategy> = {}) =>
    send(begun(10, { canaries: [1, 3], ...given }), ends(0))
  const last = (given: Partial<Strategy> = {}) => holding({ canaries: [1], ...given })

  edge(
    test,
    'holding · promote [hasAnotherCanary] → canary',
    holding(),
    { type: 'promote' },
    ({ value, context }) => assert.equal([value, context.step, context.out], ['canary', 1, [1, 2]]),
  )

  edge(test, 'holding · promote → rolling', last(), { type: 'promote' }, ({ value, context }) =>
    assert.equal([value, context.step, context.out], ['rolling', 1, [1, 2]]),
  )

  edge(
    test,
    'holding · after(holdTime) [isTimedBeforeCanary] → canary',
    holding({ hold: 5 }),
    after('holdTime', 'holding'),
    ({ value, context }) => assert.equal([value, context.step, context.out], ['canary', 1, [1, 2]]),
  )

  edge(
    test,
    'holding · after(holdTime) [isTimed] → rolling',
    last({ hold: 5 }),
    after('holdTime', 'holding'),
    ({ value, context }) =>
      assert.equal([value, context.step, context.out], ['rolling', 1, [1, 2]]),
  )

  test('holding :: a hold for a person does not end by itself', () => {
    assert.is(send(holding(), after('holdTime', 'holding')).value, 'holding')
  })

  test('holding :: losses of a step before do not count in the next', () => {
    const failed = holding({ maxFailures: '50%', canaries: [2, 4], parallel: 1 })
    const { context } = send(failed, ends(1, 'failed'), { type: 'promote' })
    assert.equal([context.losses, context.step], [{ failed: 0, unreachable: 0 }, 1])
  })

  edge(test, 'holding · pause → paused', holding(), { type: 'pause' }, (next) => {
    assert.is(next.value, 'paused')
    assert.is(send(next, { type: 'resume' }).value, 'holding')
  })

  edge(test, 'holding · cancel → stopping', holding(), { type: 'cancel' }, (next) =>
    assert.is(next.value, 'stopped'),
  )

  edge(test, 'holding · rollback → stopping', holding(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.action], ['rollingBack', 'undo']),
  )
})
