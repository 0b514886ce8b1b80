import { posix } from 'node:path'
import type { ConsentDecision, ConsentRequest } from '../../../machines/consent.ts'
import type { RequestedSetting } from '../../../machines/settings.ts'
import { quoted } from '../../../machines/text.ts'

/** One thing that a plugin asks for: a privilege with one of its values. */
export interface Asked {
  name: string
  value: string
}

/** Privileges whose values are paths of the host. */
const PATHS = ['mount', 'device']
/** The kinds of privilege that the fields of a setting make; a setting without a field may make either. */
const kindsByField: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ['source', ['mount']],
  ['path', ['device']],
])

/**
 * Grants what is on the list, and denies everything else by its name.
 *
 * A pattern is `NAME:VALUE` in the engine's words: `network:host`, `mount:/var/lib/*`,
 * `device:/dev/fuse`, `capabilities:CAP_SYS_ADMIN`, `host pid namespace:true`. `*` stands for any
 * characters but `/`, `**` for any at all. Paths are compared in their shortest form, so that `..`
 * leads nowhere; `mount:` stands for a mount without a source. A setting that widens counts as the mount or the device it makes; one that names no
 * field has to be allowed as either.
 *
 * @throws RangeError for a pattern that is not written so
 */
export function allowList(
  patterns: readonly string[],
): (request: ConsentRequest) => NonNullable<ConsentDecision> {
  const allowed = patterns.map(readPattern)
  return (request) => {
    const refused = askedOf(request).filter((asked) => !allowed.some((allows) => allows(asked)))
    if (refused.length === 0) return { granted: true, who: 'allow-list' }
    const named = [...new Set(refused.map(describeAsked))]
    return { granted: false, reason: `not allowed: ${named.join(', ')}` }
  }
}

/** In a list, a value with one of these could be taken for two. */
const MISTAKABLE = /[\s,"]/
const EMPTY = new Map([
  ['mount', 'source'],
  ['device', 'path'],
])

/** `NAME:VALUE`; without a value it looks cut, so the pattern for it is added. */
export function describeAsked({ name, value }: Asked): string {
  const missing = value === '' ? EMPTY.get(name) : undefined
  if (missing === undefined) return `${name}:${MISTAKABLE.test(value) ? quoted(value) : value}`
  return `${name}: (it has no ${missing} yet: --allow ${name}: or the pattern "${name}:" allows it)`
}

/** Everything a request asks for, one value at a time, the settings that widen included. */
export function askedOf({
  privileges,
  settings,
}: Pick<ConsentRequest, 'privileges' | 'settings'>): Asked[] {
  return [
    ...privileges.flatMap(({ Name, Value }) =>
      // A privilege without a value is asked for all the same.
      (Value.length > 0 ? Value : ['']).map((value) => ({ name: Name, value })),
    ),
    ...settings.filter(({ widens }) => widens).flatMap(askedBySetting),
  ]
}

/** A setting that names no field may make either kind. */
export function askedBySetting({ field, value = '' }: RequestedSetting): Asked[] {
  return (kindsByField.get(field) ?? PATHS).map((name) => ({ name, value }))
}

function readPattern(pattern: string): (asked: Asked) => boolean {
  const colon = pattern.indexOf(':')
  if (colon < 1) {
    throw new RangeError(`"${pattern}" allows nothing: write NAME:VALUE, as in mount:/var/lib/*`)
  }
  const name = pattern.slice(0, colon)
  const matches = glob(inShortestForm({ name, value: pattern.slice(colon + 1) }))
  return (asked) => asked.name === name && matches(inShortestForm(asked))
}

function inShortestForm({ name, value }: Asked): string {
  if (!PATHS.includes(name) || value === '' || value.length > LONGEST) return value
  return posix.normalize(value).replace(/(.)\/$/, '$1')
}

/** No path of Linux is longer (PATH_MAX), and no reference is. */
export const LONGEST = 4_096

/** Stand for themselves among the code units of a pattern. */
const ANY = -1
const ANY_IN_SEGMENT = -2
const SLASH = 0x2f

/**
 * Whether a text matches a pattern, in which `*` stands for any characters but `/`, `**` for any at all, and
 * every other character for itself. A text longer than `LONGEST` matches nothing.
 *
 * The author of a plugin chooses the text. So the time is at most the product of both lengths, which no regular
 * expression of V8 promises: those try one way after the other, of which a few stars make very many.
 *
 * @throws RangeError when the pattern is longer than `LONGEST`
 */
export function glob(pattern: string): (text: string) => boolean {
  if (pattern.length > LONGEST) {
    throw new RangeError(`a pattern has at most ${LONGEST} characters, and not ${pattern.length}`)
  }
  const parts = partsOf(pattern)
  return (text) => text.length <= LONGEST && matches(parts, text)
}

function partsOf(pattern: string): Int32Array {
  // More stars in a row than two are two and others, which stand for nothing more.
  const parts = pattern.split(/(\*+)/).flatMap((part) => {
    if (!part.startsWith('*')) return part.split('').map((character) => character.charCodeAt(0))
    return [part === '*' ? ANY_IN_SEGMENT : ANY]
  })
  return Int32Array.from(parts)
}

/** Follows all ways at once: `reached[n]` is whether the text so far can be what the first n parts stand for. */
function matches(parts: Int32Array, text: string): boolean {
  let reached = new Uint8Array(parts.length + 1)
  let next = new Uint8Array(parts.length + 1)
  reached[0] = 1
  passStars(parts, reached)
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    next.fill(0)
    for (let index = 0; index < parts.length; index++) {
      if (reached[index] === 0) continue
      const part = parts[index]
      if (part === code) next[index + 1] = 1
      else if (part === ANY || (part === ANY_IN_SEGMENT && code !== SLASH)) next[index] = 1
    }
    passStars(parts, next)
    const last = reached
    reached = next
    next = last
  }
  return reached[parts.length] === 1
}

/** A star stands for nothing, too. */
function passStars(parts: Int32Array, reached: Uint8Array): void {
  for (let index = 0; index < parts.length; index++) {
    if (reached[index] === 1 && (parts[index] as number) < 0) reached[index + 1] = 1
  }
}
