import { type Abortable, onAbort } from '../../../machines/onAbort.ts'
import { peerTimer } from '../../process/peerTimer.ts'

export type DeadlineReason = 'cancelled' | 'timed-out'

/** A clock and a caller's signal in one: aborts on whichever comes first and remembers which. */
export interface Deadline {
  readonly signal: Abortable
  /** Why `signal` has fired, undefined while it has not. */
  reason(): DeadlineReason | undefined
  /** Starts the clock anew. */
  start(milliseconds: number): void
  /** Stops the clock; the caller's signal still counts. */
  stop(): void
  /** Lets go of the clock and of the caller's signal. */
  dispose(): void
}

/**
 * Every `Deadline` must be disposed of: a caller's signal may live as long as its process.
 *
 * @param disposed called with each `dispose`
 */
export function createDeadline(caller: AbortSignal, disposed = () => {}): Deadline {
  const signal = new CallSignal()
  let why: DeadlineReason | undefined
  let stop = () => {}
  const fire = (reason: DeadlineReason) => {
    why ??= reason
    signal.fire()
  }
  const cancel = () => fire('cancelled')
  let release = () => {}
  if (caller.aborted) cancel()
  else release = onAbort(caller, cancel)
  return {
    signal,
    reason: () => why,
    start(milliseconds) {
      stop()
      stop = peerTimer(milliseconds, () => fire('timed-out'))
    },
    stop: () => stop(),
    dispose() {
      stop()
      release()
      disposed()
    },
  }
}

/** An `AbortController` for each call takes longer than all else that a call does here. */
class CallSignal implements Abortable {
  aborted = false
  readonly #listeners = new Set<() => void>()

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_: 'abort', listener: () => void): void {
    this.#listeners.delete(listener)
  }

  fire(): void {
    this.aborted = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
