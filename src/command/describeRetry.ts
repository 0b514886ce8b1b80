import type { Retry } from '../flow/types.ts'
import { formatElapsed } from '../text/formatAmount.ts'
import { visible } from '../text/visible.ts'

/** What failed and when it is tried again, for somebody who waits for it. */
export function describeRetry({ message, delay, attempt, attempts }: Retry): string {
  const when = `again in ${formatElapsed(delay)} (attempt ${attempt} of ${attempts})`
  return `${visible(message)}; ${when}`
}
