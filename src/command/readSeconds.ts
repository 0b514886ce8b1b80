import { UsageError } from './usageError.ts'

/** An hour: longer than any plugin takes, and what a typing error exceeds. */
const MOST_SECONDS = 3_600

/** @throws UsageError for anything but whole seconds up to an hour */
export function readSeconds(option: string, text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= MOST_SECONDS) return Number(text)
  throw new UsageError(`${option} takes whole seconds up to ${MOST_SECONDS}, and not "${text}"`)
}
