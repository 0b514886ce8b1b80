export type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is not there is empty. @throws RangeError */
export function readRecord(value: unknown, what: string): Fields {
  if (value === undefined || value === null) return {}
  if (isRecord(value)) return value
  throw new RangeError(`${what} is no JSON object`)
}

/** One or several. What is not there is none. */
export function readList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
