import * as assert from 'uvu/assert'
import { rolloutMachine } from '../../../machines/rollout/rolloutMachine.ts'
import { LOSSES } from '../../../machines/rollout/types.ts'
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
      assert.equal([context.counts.done, context.counts.failed], [1, 1])
      assert.equal(context.again, { failed: 1, unreachable: 0 })
    },
  )

  test('done :: one that is tried again counts as it ended last', () => {
    const again = send(done(), { type: 'retry' })
    const ended = (outcome: 'done' | 'abandoned') =>
      send(again, ends(0, outcome, { attempt: 2, was: 'failed' })).context
    assert.equal(ended('done').counts, { ...done().context.counts, done: 2, failed: 0 })
    const { counts, again: left } = ended('abandoned')
    assert.equal([counts.failed, counts.abandoned], [0, 1])
    assert.equal(left, { failed: 0, unreachable: 0 })
  })

  test('done :: one that an earlier release had begun to try again is counted once', () => {
    const again = send(done(), { type: 'retry' })
    const { again: _, ...context } = again.context
    const counts = { ...context.counts, failed: 0 }
    const saved = rolloutMachine.resolveState({ value: 'rolling', context: { ...context, counts } })
    const ended = send(saved, ends(0, 'done', { attempt: 2, was: 'failed' }))
    assert.equal([ended.value, ended.context.counts.failed], ['done', 0])
  })

  test('done :: a retry of one kind takes that kind alone, and nothing where there is none of it', () => {
    const lost = send(
      begun(4, { maxFailures: 9, maxUnreachable: 9 }),
      ends(0, 'failed'),
      ends(1, 'unreachable'),
      ends(2, 'abandoned'),
      ends(3, 'unreachable'),
    )
    const failed = send(lost, { type: 'retry', only: 'failed' })
    assert.equal([failed.context.size, failed.context.only], [2, 'failed'])
    const back = (position: number) => ends(position, 'done', { attempt: 2, was: 'failed' })
    const rest = send(failed, back(0), ends(1, 'done', { attempt: 2, was: 'abandoned' }))
    assert.equal([rest.value, rest.context.counts.unreachable], ['done', 2])
    assert.not(rest.can({ type: 'retry', only: 'failed' }))
    const all = send(rest, { type: 'retry' })
    assert.equal([all.context.size, all.context.only], [2, undefined])
    const unreachable = send(lost, { type: 'retry', only: 'unreachable' })
    assert.equal(unreachable.context.again, { failed: 0, unreachable: 2 })
    const other = send(unreachable, ends(0, 'done', { attempt: 2, was: 'failed' }))
    assert.equal(other.context.counts, { ...lost.context.counts, done: 1 })
  })

  test('done :: each kind that a retry can be limited to takes its own part of what was lost', () => {
    const budget = { maxFailures: 9, maxUnreachable: 9 }
    const lost = send(
      begun(3, budget),
      ends(0, 'failed'),
      ends(1, 'unreachable'),
      ends(2, 'unreachable'),
    )
    const sizes = LOSSES.map((only) => [only, send(lost, { type: 'retry', only }).context.size])
    assert.equal(sizes, [
      ['failed', 1],
      ['unreachable', 2],
    ])
  })

  test('done :: without a failure there is nothing to try again', () => {
    assert.not(send(begun(1), ends(0)).can({ type: 'retry' }))
  })
})
