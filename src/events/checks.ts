import type { Difference, Failure } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'

/**
 * Returns the path of the first field that is invalid, empty for the value itself, or `undefined` when it
 * is of the type.
 *
 * A schema library would do this too. It would add a seventh to what every page downloads for the element,
 * and the compiler holds these checks against the types of the events already: a field without one is an error.
 */
export interface Check<Type> {
  (value: unknown): string | undefined
  /** The type that is checked; never set. */
  readonly type?: Type
}

/** A check for each field, which allows for its absence where the type does. */
type Fields<Type> = {
  readonly [Key in keyof Type]-?: Record<never, never> extends Pick<Type, Key>
    ? Check<Type[Key] | undefined>
    : Check<Type[Key]>
}

function when<Type>(holds: (value: unknown) => boolean): Check<Type> {
  return (value) => (holds(value) ? undefined : '')
}

/** One of these values. */
export function only<const Type>(...values: readonly Type[]): Check<Type> {
  return when((value) => values.includes(value as Type))
}

/** Absent, or as checked. */
export function optional<Type>(check: Check<Type>): Check<Type | undefined> {
  return (value) => (value === undefined ? undefined : check(value))
}

/** An array of such items. */
export function list<Item>(item: Check<Item>): Check<Item[]> {
  return (value) => {
    if (!Array.isArray(value)) return ''
    return firstOf(value.entries(), ([index, each]) => [String(index), item(each)])
  }
}

/** An object with these fields; others are ignored. */
export function object<Type extends object>(fields: Fields<Type>): Check<Type> {
  const checks = Object.entries<Check<unknown>>(fields)
  return (value) =>
    isRecord(value) ? firstOf(checks, ([name, check]) => [name, check(value[name])]) : ''
}

/** One of several objects, distinguished by a field that each of them has. */
export function variant<Name extends string, Type extends Readonly<Record<Name, string>>>(
  name: Name,
  checks: { readonly [Value in Type[Name]]: Check<Extract<Type, Readonly<Record<Name, Value>>>> },
): Check<Type> {
  const known = new Map<unknown, Check<unknown>>(Object.entries(checks))
  return (value) => {
    if (!isRecord(value)) return ''
    const check = known.get(value[name])
    return check ? check(value) : name
  }
}

function firstOf<Item>(
  items: Iterable<Item>,
  check: (item: Item) => readonly [name: string, invalid: string | undefined],
): string | undefined {
  for (const item of items) {
    const [name, invalid] = check(item)
    if (invalid !== undefined) return invalid === '' ? name : `${name}.${invalid}`
  }
  return undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const text = when<string>((value) => typeof value === 'string')
/** A word of which a later version may have more, or that was looked at before. */
export const word = text as Check<never>
export const flag = when<boolean>((value) => typeof value === 'boolean')
export const number = when<number>(
  (value) => typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER,
)
export const count = when<number>((value) => Number.isSafeInteger(value) && Number(value) > 0)

/** The checks of what one machine asks for, and of how it ends. */
export type ChecksOf<Events extends { request: object; outcome: object }> = {
  readonly [Part in keyof Events]: Check<Events[Part]>
}

export const privilege = object<PluginPrivilege>({
  Name: text,
  Description: text,
  Value: list(text),
})

const difference = object<Difference>({
  added: optional(list(privilege)),
  removed: optional(list(privilege)),
  digests: optional(object({ granted: text, found: text })),
})

export const failure = object<Failure>({
  code: word,
  state: text,
  message: text,
  next: text,
  retryable: flag,
  operation: optional(text),
  status: optional(number),
  engineMessage: optional(text),
  inStream: optional(flag),
  difference: optional(difference),
})
