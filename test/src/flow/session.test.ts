import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { type EventFrom, setup } from 'xstate'
import type { ConsentRequest } from '../../../machines/consent.ts'
import { Observed } from '../../../src/flow/observed.ts'
import { processTime } from '../../../src/flow/retry/time.ts'
import { Session } from '../../../src/flow/session.ts'
import { observed, type Shown } from '../../../src/flow/shown.ts'
import type { Transition } from '../../../src/flow/types.ts'
import { suite } from '../../support/suite.ts'

/** Waits until it is cancelled, and fails by itself when it is broken. */
const machine = setup({
  types: { events: {} as { type: 'cancel' | 'break' | 'other' }, output: {} as string },
  actions: {
    fail: () => {
      throw new Error('broken')
    },
  },
}).createMachine({
  initial: 'waiting',
  output: 'cancelled',
  states: {
    waiting: { on: { cancel: 'cancelled', break: { actions: 'fail' } } },
    cancelled: { type: 'final' },
  },
})

function open(signal?: AbortSignal) {
  const shown: Shown<ConsentRequest> = {}
  const transition = new Observed<Transition>()
  const cancel: EventFrom<typeof machine> = { type: 'cancel' }
  const options = signal ? { signal } : {}
  const session = new Session(machine, options, processTime, cancel, transition, shown)
  const completed: string[] = []
  transition.value$.subscribe({ complete: () => completed.push('transition') })
  observed(shown, 'progress').value$.subscribe({ complete: () => completed.push('progress') })
  return { session, completed }
}

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

suite('Session', (test) => {
  test('its signal had fired before it starts :: it is cancelled', async () => {
    const { session } = open(AbortSignal.abort())
    session.start()
    assert.is(await session.ended, 'cancelled')
  })

  test('its signal fires while it runs :: it is cancelled, and nothing listens any more', async () => {
    const controller = new AbortController()
    const { session, completed } = open(controller.signal)
    session.start()
    assert.is(listeners(controller.signal), 1)
    controller.abort()
    assert.is(await session.ended, 'cancelled')
    assert.is(listeners(controller.signal), 0)
    assert.equal(completed.sort(), ['progress', 'transition'])
  })

  test('it ends before its signal fires :: nothing listens to that', async () => {
    const { signal } = new AbortController()
    const { session } = open(signal)
    session.start()
    assert.ok(session.cancel())
    assert.is(await session.ended, 'cancelled')
    assert.is(listeners(signal), 0)
  })

  test('an event that its state does not take :: it is not sent', () => {
    const { session } = open()
    session.start()
    let news = 0
    session.ref.subscribe(() => news++)
    assert.not(session.send({ type: 'other' }))
    assert.is(news, 0)
  })

  test('its machine is broken :: it rejects, and all that can be subscribed to is complete', async () => {
    const { signal } = new AbortController()
    const { session, completed } = open(signal)
    session.start()
    session.send({ type: 'break' })
    const error: unknown = await session.ended.catch((broken: unknown) => broken)
    assert.is(error instanceof Error && error.message, 'broken')
    assert.equal(completed.sort(), ['progress', 'transition'])
    assert.is(listeners(signal), 0)
  })
})
