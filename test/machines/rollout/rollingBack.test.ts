import * as assert from 'uvu/assert'
import { always, begun, edge, ends, send } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

suite('rollingBack', (test) => {
  const listing = () => send(begun(4), ends(0), ends(1), { type: 'rollback' }, ends(2), ends(3))
  const planned = (size = 3) => ({ type: 'undo.planned', size }) as const

  edge(
    test,
    'rollingBack · undo.planned [isToBeListed] → rollingBack (stays)',
    listing(),
    planned(),
    ({ value, context }) =>
      assert.equal([value, context.size, context.out], ['rollingBack', 3, [0, 1]]),
  )

  test('rollingBack :: the list is taken once', () => {
    const listed = send(listing(), planned())
    assert.equal(send(listed, planned(9)).context, listed.context)
  })

  edge(
    test,
    'rollingBack · target.done [isCurrent] → rollingBack (stays)',
    send(listing(), planned()),
    ends(0, 'undoFailed', { attempt: 2, was: 'done' }),
    ({ value, context }) => {
      assert.equal([value, context.out], ['rollingBack', [1, 2]])
      assert.equal([context.counts.done, context.counts.undoFailed], [3, 1])
    },
  )

  test('rollingBack :: where the outcome before is not reported, the undo alone is counted', () => {
    const listed = send(listing(), planned())
    const { counts } = send(listed, ends(0, 'undone', { attempt: 2 })).context
    assert.equal(counts, { ...listed.context.counts, undone: 1 })
  })

  test('rollingBack :: neither a failure nor an alarm stops it', () => {
    const failed = ends(0, 'undoFailed', { attempt: 2, was: 'done', code: 'unauthorized' })
    const { value, context } = send(listing(), planned(), failed)
    assert.equal([value, context.out, context.alarm], ['rollingBack', [1, 2], undefined])
  })

  always(
    test,
    'rollingBack · always [isOver] → rolledBack',
    send(listing(), planned(1)),
    ends(0, 'undone', { attempt: 2, was: 'done' }),
    ({ value, context, status }) => {
      assert.equal([value, status], ['rolledBack', 'done'])
      assert.equal([context.counts.done, context.counts.undone], [3, 1])
    },
  )

  test('rollingBack :: an alarm before it does not stop it', () => {
    const alarmed = ends(0, 'failed', { code: 'consent-mismatch' })
    const { context } = send(begun(4), alarmed, ends(1), { type: 'rollback' }, planned(2))
    assert.equal([context.out, context.alarm], [[0, 1], undefined])
  })

  test('rollingBack :: with nothing to take back it is over', () => {
    assert.is(send(listing(), planned(0)).value, 'rolledBack')
  })
})
