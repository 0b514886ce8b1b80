import { getEventListeners, once } from 'node:events'
import * as assert from 'uvu/assert'
import { createDeadline } from '../../../../adapters/engine/http/deadline.ts'
import { suite } from '../../../support/suite.ts'

suite('createDeadline', (test) => {
  test('nothing yet', () => {
    const deadline = createDeadline(new AbortController().signal)
    assert.is(deadline.reason(), undefined)
    assert.not.ok(deadline.signal.aborted)
    deadline.dispose()
  })

  test('the caller aborts', () => {
    const caller = new AbortController()
    const deadline = createDeadline(caller.signal)
    caller.abort()
    assert.is(deadline.reason(), 'cancelled')
    assert.ok(deadline.signal.aborted)
    deadline.dispose()
  })

  test('the caller has aborted before', () => {
    const deadline = createDeadline(AbortSignal.abort())
    assert.is(deadline.reason(), 'cancelled')
    assert.ok(deadline.signal.aborted)
  })

  test('the clock runs out', async () => {
    const deadline = createDeadline(new AbortController().signal)
    deadline.start(5)
    await once(deadline.signal, 'abort')
    assert.is(deadline.reason(), 'timed-out')
    deadline.dispose()
  })

  test('what came first :: stays the reason', async () => {
    const caller = new AbortController()
    const deadline = createDeadline(caller.signal)
    deadline.start(5)
    await once(deadline.signal, 'abort')
    caller.abort()
    assert.is(deadline.reason(), 'timed-out')
  })

  test('a clock that is stopped or started anew :: does not run out', async () => {
    const deadline = createDeadline(new AbortController().signal)
    deadline.start(1)
    deadline.start(60_000)
    const other = createDeadline(new AbortController().signal)
    other.start(1)
    other.stop()
    const last = createDeadline(new AbortController().signal)
    last.start(10)
    await once(last.signal, 'abort')
    assert.is(deadline.reason(), undefined)
    assert.is(other.reason(), undefined)
    for (const each of [deadline, other, last]) each.dispose()
  })

  test('dispose :: lets go of the clock and of the caller', async () => {
    const caller = new AbortController()
    const deadline = createDeadline(caller.signal)
    assert.is(getEventListeners(caller.signal, 'abort').length, 1)
    deadline.start(1)
    deadline.dispose()
    assert.equal(getEventListeners(caller.signal, 'abort'), [])
    caller.abort()
    const last = createDeadline(new AbortController().signal)
    last.start(10)
    await once(last.signal, 'abort')
    last.dispose()
    assert.is(deadline.reason(), undefined)
  })
})
