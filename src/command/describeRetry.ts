import type { Retry } from '../types.ts'
import { formatElapsed } from './formatAmount.ts'
import { visible } from './visible.ts'

/** What failed and when it is tried again, for somebody who waits for it. */
export function describeRetry({ message, delay, attempt, attempts }: Retry): string {
  const when = `again in ${formatElapsed(delay)} (attempt ${attempt} of ${attempts})`
  return `${visible(message)}; ${when}`
}
