import * as assert from 'uvu/assert'
import { always, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('canary', (test) => {
  const three = { canaries: [3] }

  edge(
    test,
    'canary · target.done [isCurrent] → canary (stays)',
    begun(10, three),
    ends(1),
    ({ value, context }) => {
      assert.equal([value, context.out, context.next], ['canary', [0, 2], 3])
      assert.is(context.counts.done, 1)
    },
  )

  test('canary :: an event of another pass, or of a target that is not at work, has no effect', () => {
    const from = begun(10, three)
    for (const event of [ends(0, 'failed', { attempt: 0 }), ends(2), ends(9)]) {
      assert.equal(send(from, event).context, from.context)
    }
  })

  always(
    test,
    'canary · always [hasToPause] → paused',
    begun(10, { ...three, maxFailures: '100%' }),
    ends(0, 'failed', { code: 'consent-mismatch' }),
    ({ value, context }) => {
      assert.equal([value, context.alarm, context.out], ['paused', 'consent-mismatch', [1]])
    },
  )

  test('canary :: a registry that wants credentials pauses it too', () => {
    const { value, context } = send(
      begun(10, { ...three, maxFailures: 5 }),
      ends(0, 'failed', { code: 'unauthorized' }),
    )
    assert.equal([value, context.alarm], ['paused', 'unauthorized'])
  })

  always(
    test,
    'canary · always [hasToGoBack] → stopping',
    begun(10, { ...three, onFailure: 'rollback' }),
    ends(0, 'failed'),
    ({ value, context }) =>
      assert.equal([value, context.goesBack, context.out], ['stopping', true, [1]]),
  )

  always(
    test,
    'canary · always [hasToStop] → stopping',
    begun(10, { ...three, onFailure: 'stop' }),
    ends(0, 'unreachable'),
    ({ value, context }) =>
      assert.equal([value, context.goesBack, context.out], ['stopping', false, [1]]),
  )

  always(
    test,
    'canary · always [hasToMonitor] → monitoring',
    begun(10, { canaries: [1], monitor: 5 }),
    ends(0),
    ({ value, context }) =>
      assert.equal([value, context.counts.done], [{ monitoring: 'waiting' }, 1]),
  )

  always(
    test,
    'canary · always [isOver] → done',
    begun(1, { canaries: ['100%'] }),
    ends(0, 'kept'),
    ({ value, context }) => assert.equal([value, context.counts.kept], ['done', 1]),
  )

  always(
    test,
    'canary · always [isStepOver] → holding',
    begun(10, { canaries: [1] }),
    ends(0),
    ({ value, context }) => assert.equal([value, context.out, context.next], ['holding', [], 1]),
  )

  edge(test, 'canary · pause → paused', begun(10, three), { type: 'pause' }, (next) =>
    assert.equal([next.value, next.context.out], ['paused', [0, 1]]),
  )

  edge(test, 'canary · cancel → stopping', begun(10, three), { type: 'cancel' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', false]),
  )

  edge(test, 'canary · rollback → stopping', begun(10, three), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', true]),
  )
})
