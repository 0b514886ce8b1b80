import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'

/** Stands in place of the process's time, for code that takes no other: only the end of a timer lets it pass. */
export interface OwnTime {
  /** How long each timer was set for. */
  pauses: number[]
  timers: Map<unknown, () => void>
  now: number
}

export async function inOwnTime(run: (time: OwnTime) => Promise<void>): Promise<void> {
  // As a suite begins, the runner still sets a timer of its own.
  await setImmediate()
  const { setTimeout, clearTimeout } = globalThis
  const { now } = performance
  const time: OwnTime = { pauses: [], timers: new Map(), now: 5_000 }
  const set = (call: () => void, ms: number) => {
    time.pauses.push(ms)
    const timer = { unref: () => timer }
    time.timers.set(timer, () => {
      time.timers.delete(timer)
      time.now += ms
      call()
    })
    return timer
  }
  try {
    performance.now = () => time.now
    globalThis.setTimeout = set as unknown as typeof setTimeout
    globalThis.clearTimeout = (timer) => void time.timers.delete(timer)
    await run(time)
  } finally {
    performance.now = now
    Object.assign(globalThis, { setTimeout, clearTimeout })
  }
}

/** Lets time pass until the promise has settled. */
export async function pass<Result>(time: OwnTime, promise: Promise<Result>): Promise<Result> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (await setImmediate(); !isSettled; await setImmediate()) {
    assert.is(time.timers.size, 1, 'it waits for one timer')
    for (const end of time.timers.values()) end()
  }
  return promise
}
