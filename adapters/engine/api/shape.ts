/** An answer that is JSON, but not of the form that the Engine API documents. */
export class WrongShape extends Error {}

export type Fields = Record<string, unknown>

/** Says which field was wrong, in the words of the Engine API: `Config.Env[2].Name`. */
export function wrong(at: string, wanted: string): never {
  throw new WrongShape(`${at} is not ${wanted}`)
}

export function fields(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(at, 'an object')
  return value as Fields
}

/** Go leaves out what is empty, or writes `null` for it; both are the empty string. */
export function text(value: unknown, at: string): string {
  return textOrNull(value, at) ?? ''
}

export function textOrNull(value: unknown, at: string): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : wrong(at, 'a string')
}

export function name(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? value : wrong(at, 'a name')
}

export function flag(value: unknown, at: string): boolean {
  if (value === undefined || value === null) return false
  return typeof value === 'boolean' ? value : wrong(at, 'true or false')
}

export function listOrNull<T>(
  value: unknown,
  at: string,
  item: (value: unknown, at: string) => T,
): T[] | null {
  if (value === undefined || value === null) return null
  if (!Array.isArray(value)) return wrong(at, 'a list')
  return value.map((each, index) => item(each, `${at}[${index}]`))
}

/** An item of a list of strings. */
export function string(value: unknown, at: string): string {
  return typeof value === 'string' ? value : wrong(at, 'a string')
}
