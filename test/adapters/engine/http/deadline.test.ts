import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { createDeadline, type Deadline } from '../../../../adapters/engine/http/deadline.ts'
import { suite } from '../../../support/suite.ts'

function fired({ signal }: Deadline): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', resolve))
}

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
    await fired(deadline)
    assert.is(deadline.reason(), 'timed-out')
    deadline.dispose()
  })

  test('the first reason :: stays the reason', async () => {
    const caller = new AbortController()
    const deadline = createDeadline(caller.signal)
    deadline.start(5)
    await fired(deadline)
    caller.abort()
    assert.is(deadline.reason(), 'timed-out')
  })

  test('a listener that is removed :: is not called', () => {
    const caller = new AbortController()
    const deadline = createDeadline(caller.signal)
    const called: string[] = []
    const removed = () => called.push('removed')
    deadline.signal.addEventListener('abort', removed)
    deadline.signal.addEventListener('abort', () => called.push('kept'))
    deadline.signal.removeEventListener('abort', removed)
    caller.abort()
    assert.equal(called, ['kept'])
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
    await fired(last)
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
    await fired(last)
    last.dispose()
    assert.is(deadline.reason(), undefined)
  })
})
