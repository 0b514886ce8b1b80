import { inOrder } from './visible.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** In Docker's decimal units: `6.2 MB`. */
export function formatBytes(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (amount >= 999.95 && unit < UNITS.length - 1) {
    amount /= 1_000
    unit += 1
  }
  return `${unit === 0 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[unit]}`
}

/** How long something has taken: `3.2s`, `1m05s`, `2h03m`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(milliseconds, 0) / 1_000
  return seconds < 59.95 ? `${seconds.toFixed(1)}s` : formatSeconds(seconds)
}

/** How long something will take: `3s`, `1m05s`, `2h03m`, and no more than a day. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${two(whole % 60)}s`
  if (whole < 86_400) return `${Math.floor(whole / 3_600)}h${two((whole % 3_600) / 60)}m`
  return 'more than a day'
}

const SPANS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** How long ago something was: `3 minutes ago`. */
export function formatAgo(milliseconds: number): string {
  const seconds = Math.max(Math.floor(milliseconds / 1_000), 0)
  const [unit, span] = SPANS.find(([, each]) => seconds >= each) ?? (['second', 1] as const)
  // Made here: few need it, and the first one takes milliseconds.
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / span), unit)
}

/** The known figures of a download. */
interface Amounts {
  /** Bytes. */
  current: number
  total?: number
  percent?: number
  bytesPerSecond: number
  secondsLeft?: number
}

/** `8%, downloaded 2.1 MB of 13.0 MB, 6.0 MB/s, 2s left`, as far as each is known. */
export function formatProgress(progress: Amounts): string {
  const { current, total, percent, bytesPerSecond, secondsLeft } = progress
  return [
    ...(percent === undefined ? [] : [`${Math.floor(percent)}%`]),
    `downloaded ${formatPart(current, total)}`,
    ...(bytesPerSecond > 0 ? [`${formatBytes(bytesPerSecond)}/s`] : []),
    ...(secondsLeft === undefined ? [] : [`${formatSeconds(Math.max(secondsLeft, 1))} left`]),
  ].join(', ')
}

export function formatPart(part: number, whole: number | undefined): string {
  return whole === undefined ? formatBytes(part) : `${formatBytes(part)} of ${formatBytes(whole)}`
}

/** Says why nothing of a flow is sent: others of this process are at work. */
export function describeQueued({ ahead }: { ahead: number }): string {
  const place = ahead === 0 ? 'next' : `${ahead} before it`
  return `waiting for other flows of this process (${place})`
}

/** An attempt that failed, and the next one. */
interface Attempt {
  message: string
  /** Milliseconds. */
  delay: number
  attempt: number
  attempts: number
}

/** Says what failed and when it is tried again. */
export function describeRetry(retry: Attempt): string {
  const { message, delay, attempt, attempts } = retry
  const when = `again in ${formatElapsed(delay)} (attempt ${attempt} of ${attempts})`
  return `${inOrder(message)}; ${when}`
}
