/** An answer that is JSON, but not of the form that the Engine API documents. */
export class WrongShape extends Error {}

export type Fields = Record<string, unknown>

/**
 * Reads a value, or throws a `WrongShape` that says which field was wrong, in the words of the Engine API:
 * `Config.Env[2].Name`. Go leaves out what is empty, or writes `null` for it.
 */
export type Reader<T> = (value: unknown, at: string) => T

export function wrong(at: string, wanted: string): never {
  throw new WrongShape(`${at} is not ${wanted}`)
}

export function fields(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(at, 'an object')
  return value as Fields
}

export function text(value: unknown, at: string): string {
  return textOrNull(value, at) ?? ''
}

export function textOrNull(value: unknown, at: string): string | null {
  return isNothing(value) ? null : string(value, at)
}

/** In characters; a repository and a tag have 383 at most. */
const LONGEST_NAME = 4_096

export function name(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? nameOrNone(value, at) : wrong(at, 'a name')
}

/** An absent one is empty. */
export function nameOrNone(value: unknown, at: string): string {
  const given = text(value, at)
  if (given.length <= LONGEST_NAME) return given
  return wrong(at, `a name of at most ${LONGEST_NAME} characters`)
}

export function flag(value: unknown, at: string): boolean {
  return isNothing(value) ? false : boolean(value, at)
}

export function boolean(value: unknown, at: string): boolean {
  return typeof value === 'boolean' ? value : wrong(at, 'true or false')
}

export function string(value: unknown, at: string): string {
  return typeof value === 'string' ? value : wrong(at, 'a string')
}

/** No plugin has as many of anything, and what is compared item by item takes the square of it. */
const MOST_ITEMS = 1_000

export function listOrNull<T>(
  value: unknown,
  at: string,
  item: Reader<T>,
  most = MOST_ITEMS,
): T[] | null {
  if (isNothing(value)) return null
  if (!Array.isArray(value)) return wrong(at, 'a list')
  if (value.length > most) return wrong(at, `a list of at most ${most}`)
  return value.map((each, index) => item(each, `${at}[${index}]`))
}

export function listOf<T>(item: Reader<T>): Reader<T[] | null> {
  return (value, at) => listOrNull(value, at, item)
}

type Readers = Readonly<Record<string, Reader<unknown>>>
type Read<Shape extends Readers> = Fields & { [Field in keyof Shape]: ReturnType<Shape[Field]> }

/** An object with these fields; it keeps the others as they are. */
export function objectOf<Shape extends Readers>(shape: Shape): Reader<Read<Shape>> {
  return (value, at) => {
    const given = fields(value, at || 'the answer')
    const read: Fields = { ...given }
    for (const field in shape)
      read[field] = shape[field]?.(given[field], at ? `${at}.${field}` : field)
    return read as Read<Shape>
  }
}

/** The same, where a missing object is one whose fields are missing. */
export function objectOrNone<Shape extends Readers>(shape: Shape): Reader<Read<Shape>> {
  return (value, at) => objectOf(shape)(value ?? {}, at)
}

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null
}
