import * as assert from 'uvu/assert'
import { always, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('stopping', (test) => {
  const stopping = () => send(begun(10), { type: 'cancel' })
  const goingBack = () => send(begun(10), { type: 'rollback' })

  edge(
    test,
    'stopping · target.done [isCurrent] → stopping (stays)',
    stopping(),
    ends(0),
    ({ value, context }) =>
      assert.equal([value, context.out, context.counts.done], ['stopping', [1], 1]),
  )

  edge(test, 'stopping · rollback → stopping (stays)', stopping(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.goesBack], ['stopping', true]),
  )

  always(
    test,
    'stopping · always [isDrainedToGoBack] → rollingBack',
    send(goingBack(), ends(0)),
    ends(1),
    ({ value, context }) =>
      assert.equal([value, context.attempt, context.counts.done], ['rollingBack', 2, 2]),
  )

  always(
    test,
    'stopping · always [isDrained] → stopped',
    send(stopping(), ends(0)),
    ends(1, 'failed'),
    ({ value, context }) =>
      assert.equal([value, context.out, context.counts.failed], ['stopped', [], 1]),
  )
})
