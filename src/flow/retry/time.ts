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
    const stop = () => {
      time.clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = time.setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
