import * as assert from 'uvu/assert'
import { begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('done', (test) => {
  const done = () => send(begun(2, { maxFailures: 1 }), ends(0), ends(1, 'failed'))

  edge(test, 'done · rollback → rollingBack', done(), { type: 'rollback' }, (next) =>
    assert.equal([next.value, next.context.action], ['rollingBack', 'undo']),
  )

  edge(
    test,
    'done · retry [mayRetry] → rolling',
    done(),
    { type: 'retry' },
    ({ value, context }) => {
      assert.equal([value, context.size, context.out], ['rolling', 1, [0]])
      assert.equal([context.counts.done, context.counts.failed], [1, 0])
    },
  )

  test('done :: without a failure there is nothing to try again', () => {
    assert.not(send(begun(1), ends(0)).can({ type: 'retry' }))
  })
})
