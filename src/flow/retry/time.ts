import type { StateValue } from 'xstate'
import { onAbort } from '../../../machines/onAbort.ts'

/** Where the time of a flow comes from, and its chance. XState's `SimulatedClock` has all but `random`. */
export interface Time {
  /** Milliseconds, from any start. */
  now(): number
  setTimeout(call: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  /** From 0 to 1, 1 excluded. */
  random(): number
}

export const processTime: Time = {
  now: () => performance.now(),
  setTimeout: (call, ms) => setTimeout(call, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  random: () => Math.random(),
}

/** Waits; rejects as soon as the signal fires. */
export function pause(time: Time, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const timer = time.setTimeout(() => {
      release?.()
      resolve()
    }, ms)
    const release =
      signal &&
      onAbort(signal, () => {
        time.clearTimeout(timer)
        reject(signal.reason)
      })
  })
}

const LIMIT_MS = 10_000

/** Resolves when a record was written, could not be, or takes longer than it is waited for. */
export async function withTimeout(record: Promise<unknown>, time: Time): Promise<void> {
  const timer = new AbortController()
  const limit = pause(time, LIMIT_MS, timer.signal)
  await Promise.race([record, limit]).catch(() => {})
  timer.abort()
}

/** The deadline of the state that a flow is in. */
export class StateDeadline {
  /** The state that the flow is in, without its sub-states: they share one deadline. */
  state = ''
  readonly #limits: Readonly<Record<string, number>>
  readonly #time: Pick<Time, 'now' | 'setTimeout' | 'clearTimeout'>
  #since = 0
  #isHeld = false
  #wasHeld = false
  /** The call that was put off. */
  #due: (() => void) | undefined
  #timer: unknown

  /** @param timeouts milliseconds by state */
  constructor(timeouts: object, time: Pick<Time, 'now' | 'setTimeout' | 'clearTimeout'>) {
    this.#limits = timeouts as Readonly<Record<string, number>>
    this.#time = time
  }

  enter(value: StateValue): void {
    const next = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
    if (next === this.state) return
    this.state = next
    this.#since = this.#time.now()
    this.#isHeld = this.#wasHeld = false
    this.#due = undefined
    this.#time.clearTimeout(this.#timer)
  }

  /** Lets the state last as long as it would from the call of the function that it returns. */
  hold(): () => void {
    this.#isHeld = this.#wasHeld = true
    const held = this.state
    return () => {
      if (this.state !== held) return
      this.#isHeld = false
      this.#since = this.#time.now()
      this.#callLater()
    }
  }

  /**
   * Whether a state that was held may last longer than the timer knows that has just ended. Then `call` follows once
   * it may not, unless another state is entered.
   */
  putOff(call: () => void): boolean {
    if (!this.#wasHeld || this.remaining() <= 0) return false
    this.#due = call
    this.#callLater()
    return true
  }

  /** Milliseconds until the state is left, whatever happens. */
  remaining(): number {
    if (this.#isHeld) return Number.POSITIVE_INFINITY
    return (this.#limits[this.state] ?? 0) - (this.#time.now() - this.#since)
  }

  #callLater(): void {
    if (this.#due && !this.#isHeld) this.#timer = this.#time.setTimeout(this.#due, this.remaining())
  }
}
