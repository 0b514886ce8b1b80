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

/**
 * The deadline of the state that a flow is in.
 *
 * @param timeouts milliseconds by state
 */
export function stateDeadline(
  timeouts: object,
  time: Pick<Time, 'now' | 'setTimeout' | 'clearTimeout'>,
) {
  const limits = timeouts as Readonly<Record<string, number>>
  let state = ''
  let since = 0
  let isHeld = false
  let wasHeld = false
  /** The call that was put off. */
  let due: (() => void) | undefined
  let timer: unknown
  const remaining = () =>
    isHeld ? Number.POSITIVE_INFINITY : (limits[state] ?? 0) - (time.now() - since)
  const callLater = () => {
    if (due && !isHeld) timer = time.setTimeout(due, remaining())
  }
  return {
    enter(value: StateValue) {
      const next = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
      if (next === state) return
      state = next
      since = time.now()
      isHeld = wasHeld = false
      due = undefined
      time.clearTimeout(timer)
    },
    /** Lets the state last as long as it would from the call of the function that it returns. */
    hold(): () => void {
      isHeld = wasHeld = true
      const held = state
      return () => {
        if (state !== held) return
        isHeld = false
        since = time.now()
        callLater()
      }
    },
    /**
     * Whether a state that was held may last longer than the timer knows that has just ended. Then `call` follows once
     * it may not, unless another state is entered.
     */
    putOff(call: () => void): boolean {
      if (!wasHeld || remaining() <= 0) return false
      due = call
      callLater()
      return true
    },
    /** The state that the flow is in, without its sub-states: they share one deadline. */
    state: () => state,
    /** Milliseconds until the state is left, whatever happens. */
    remaining,
  }
}
