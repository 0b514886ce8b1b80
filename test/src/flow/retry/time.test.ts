import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import { pause, processTime, StateDeadline, type Time } from '../../../../src/flow/retry/time.ts'
import { rejection } from '../../../support/fakePorts.ts'
import { suite } from '../../../support/suite.ts'

/** Timers that a test fires itself. */
function handTime() {
  const timers = new Map<number, () => void>()
  let made = 0
  const time: Time = {
    now: () => 0,
    random: () => 0,
    setTimeout(call) {
      timers.set(++made, call)
      return made
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
  }
  return { time, timers }
}

suite('pause', (test) => {
  test('ends with its timer, and leaves no listener', async () => {
    const { time, timers } = handTime()
    const { signal } = new AbortController()
    const paused = pause(time, 5, signal)
    assert.is(timers.size, 1)
    for (const fire of timers.values()) fire()
    await paused
    assert.equal(getEventListeners(signal, 'abort'), [])
  })

  test('ends with its signal, and leaves no timer', async () => {
    const { time, timers } = handTime()
    const stop = new AbortController()
    const end = rejection(pause(time, 5, stop.signal))
    stop.abort(new Error('enough'))
    assert.is((await end).message, 'enough')
    assert.is(timers.size, 0)
    assert.is((await rejection(pause(time, 5, stop.signal))).message, 'enough')
    assert.is(timers.size, 0)
  })

  test('the time of the process passes by itself, and chance is between 0 and 1', async () => {
    const before = processTime.now()
    await pause(processTime, 2)
    assert.ok(processTime.now() > before)
    const drawn = processTime.random()
    assert.ok(drawn >= 0 && drawn < 1)
    const stop = new AbortController()
    const end = rejection(pause(processTime, 60_000, stop.signal))
    stop.abort(new Error('enough'))
    assert.is((await end).message, 'enough')
  })
})

suite('StateDeadline', (test) => {
  test('the time left of a state counts from its entry, over all of its parts', () => {
    let now = 100
    const { pulling, enabling } = defaultPolicy.timeouts
    const deadline = new StateDeadline(defaultPolicy.timeouts, { ...processTime, now: () => now })
    deadline.enter({ pulling: 'streaming' })
    now = 150
    assert.equal([deadline.state, deadline.remaining()], ['pulling', pulling - 50])
    deadline.enter({ pulling: 'verifying' })
    assert.is(deadline.remaining(), pulling - 50)
    deadline.enter('enabling')
    assert.equal([deadline.state, deadline.remaining()], ['enabling', enabling])
  })

  test('a state that was held is left :: what holds it no more gives no time to the next one', () => {
    let now = 0
    const deadline = new StateDeadline(
      { pulling: 100, enabling: 50 },
      { ...processTime, now: () => now },
    )
    deadline.enter('pulling')
    const release = deadline.hold()
    assert.is(deadline.remaining(), Number.POSITIVE_INFINITY)
    now = 80
    deadline.enter('enabling')
    now = 100
    release()
    assert.is(deadline.remaining(), 30)
  })

  test('what was put off :: follows once the state is no longer held, and not in the next one', () => {
    const { time, timers } = handTime()
    const deadline = new StateDeadline({ pulling: 100, enabling: 50 }, time)
    deadline.enter('pulling')
    const call = () => {}
    assert.not(deadline.putOff(call), 'it was not held')
    const release = deadline.hold()
    assert.ok(deadline.putOff(call))
    assert.is(timers.size, 0)
    release()
    assert.equal([...timers.values()], [call])
    deadline.enter('enabling')
    deadline.hold()()
    assert.is(timers.size, 0)
  })

  test('nothing is left of a state that has no bound', () => {
    const deadline = new StateDeadline(defaultPolicy.timeouts, { ...processTime, now: () => 0 })
    deadline.enter('done')
    assert.is(deadline.remaining(), 0)
  })
})
