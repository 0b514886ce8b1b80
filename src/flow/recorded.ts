import { pause, type Time } from './retry/time.ts'

const LIMIT_MS = 10_000

/** Resolves when something was written down, could not be, or takes so long that nobody waits for it. */
export async function recorded(record: Promise<unknown>, time: Time): Promise<void> {
  const timer = new AbortController()
  const limit = pause(time, LIMIT_MS, timer.signal)
  await Promise.race([record, limit]).catch(() => {})
  timer.abort()
}
