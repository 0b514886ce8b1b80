import type { InstallErrorCode } from './catalogue.ts'
import { isEngineError } from './errors.ts'
import { onAbort } from './onAbort.ts'

/** Waits; rejects once the result is no longer needed. */
export type Pause = (ms: number) => Promise<void>

/** How often something is tried, and how long one waits in between. */
export interface Backoff {
  /** In all, the first one too: 1 never tries again. */
  attempts: number
  /** The longest wait before the second attempt, in milliseconds. */
  baseMs: number
  /** The factor of the longest wait, for each further attempt. */
  factor: number
  /** No wait is longer, in milliseconds. */
  maxMs: number
  /** Which part of a wait is left to chance: from 0, none of it, to 1, all of it. */
  jitter: number
}

/** That something failed and is about to be tried again. */
export interface RetryNotice {
  code: InstallErrorCode
  /** One line for a person: what failed, and why. */
  message: string
  /** Of the attempt that comes: 2 for the first that is another one. */
  attempt: number
  /** How many there are at most. */
  attempts: number
  /** Until it begins, in milliseconds. */
  delay: number
}

/** Something failed, changed nothing, and is about to be tried again. */
export interface Retry extends RetryNotice {
  /** The state of the flow. */
  state: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface RetryPorts {
  /** Before each further attempt, in milliseconds. */
  delays: readonly number[]
  /** Milliseconds until the result is no longer waited for. */
  remaining(): number
  pause: Pause
  /** Called before each pause. */
  notify(notice: RetryNotice): void
}

/**
 * How long to wait before each further attempt, in whole milliseconds.
 *
 * @param random from 0 to 1, 1 excluded
 */
export function backoffDelays(
  { attempts, baseMs, factor, maxMs, jitter }: Backoff,
  random: () => number,
): number[] {
  return Array.from({ length: attempts - 1 }, (_, retry) => {
    const longest = Math.min(maxMs, baseMs * factor ** retry)
    return Math.round(longest * (1 - jitter * random()))
  })
}

/**
 * Calls until it succeeds, fails in a way that another attempt cannot mend, or there are no attempts
 * or no time left for one. Rejects with what the last attempt did.
 */
export async function retry<T>(
  call: () => Promise<T>,
  mayPass: (error: unknown) => boolean,
  { delays, remaining, pause, notify }: RetryPorts,
): Promise<T> {
  for (const [index, delay] of delays.entries()) {
    try {
      return await call()
    } catch (error) {
      if (!mayPass(error) || delay >= remaining()) throw error
      notify({ ...why(error), attempt: index + 2, attempts: delays.length + 1, delay })
    }
    await pause(delay)
  }
  return call()
}

function why(error: unknown): Pick<RetryNotice, 'code' | 'message'> {
  if (isEngineError(error)) return { code: error.code, message: error.message }
  return { code: 'host-failed', message: String(error) }
}

/** Waits for what `begin` promises, and no longer than `signal` lets: then rejects with `aborted()`. */
export async function untilAborted<T>(
  begin: () => Promise<T>,
  signal: AbortSignal,
  aborted: () => Error,
): Promise<T> {
  if (signal.aborted) throw aborted()
  let release = () => {}
  const stopped = new Promise<never>((_, reject) => {
    release = onAbort(signal, () => reject(aborted()))
  })
  try {
    return await Promise.race([begin(), stopped])
  } finally {
    release()
  }
}
