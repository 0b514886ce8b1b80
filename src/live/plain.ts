const DEEPEST = 6
const MOST_ITEMS = 100
const LONGEST_TEXT = 1_000
/** Of all values together: a context may be wide at every level. */
const MOST_VALUES = 2_000

/**
 * A copy of any value that JSON can hold: without cycles, bounded, and made without a call of a method of
 * the value's own. Never throws: a getter that does is named.
 */
export function toPlain(value: unknown): unknown {
  let left = MOST_VALUES
  const copy = (each: unknown, around: readonly object[]): unknown => {
    if (left-- <= 0) return '[more]'
    if (typeof each === 'string') return each.slice(0, LONGEST_TEXT)
    if (typeof each === 'number') return Number.isFinite(each) ? each : `[${each}]`
    if (each === null || typeof each === 'boolean') return each
    if (typeof each !== 'object') return `[${typeof each}]`
    if (around.includes(each)) return '[circular]'
    if (around.length >= DEEPEST) return '[deeper]'
    const inside = [...around, each]
    if (Array.isArray(each)) return each.slice(0, MOST_ITEMS).map((item) => copy(item, inside))
    const entries = Object.keys(each).slice(0, MOST_ITEMS)
    return Object.fromEntries(entries.map((key) => [key, copy(read(each, key), inside)]))
  }
  try {
    return copy(value, [])
  } catch {
    return '[unreadable]'
  }
}

function read(from: object, key: string): unknown {
  try {
    return (from as Record<string, unknown>)[key]
  } catch {
    return '[threw]'
  }
}
