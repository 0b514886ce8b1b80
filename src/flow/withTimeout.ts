import { pause, type Time } from './retry/time.ts'

const LIMIT_MS = 10_000

/** Resolves when a record was written, could not be, or takes longer than it is waited for. */
export async function withTimeout(record: Promise<unknown>, time: Time): Promise<void> {
  const timer = new AbortController()
  const limit = pause(time, LIMIT_MS, timer.signal)
  await Promise.race([record, limit]).catch(() => {})
  timer.abort()
}
