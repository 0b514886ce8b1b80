import { posix } from 'node:path'
import type { ConsentDecision, ConsentRequest } from '../../../machines/consent.ts'
import type { RequestedSetting } from '../../../machines/settings.ts'

/** One thing that a plugin asks for: a privilege with one of its values. */
export interface Asked {
  name: string
  value: string
}

/** Privileges whose values are paths of the host. */
const PATHS = ['mount', 'device']
/** What the fields of a setting make; one without a field may make either. */
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

const EMPTY = new Map([
  ['mount', 'source'],
  ['device', 'path'],
])

/** `NAME:VALUE`; without a value it looks cut, so the pattern for it is added. */
function describeAsked({ name, value }: Asked): string {
  const missing = value === '' ? EMPTY.get(name) : undefined
  if (missing === undefined) return `${name}:${value}`
  return `${name}: (it has no ${missing} yet: --allow ${name}: or the pattern "${name}:" allows it)`
}

/** Everything a request asks for, one value at a time, the settings that widen included. */
export function askedOf({ privileges, settings }: ConsentRequest): Asked[] {
  return [
    ...privileges.flatMap(({ Name, Value }) =>
      // A privilege without a value is asked for all the same.
      (Value.length > 0 ? Value : ['']).map((value) => ({ name: Name, value })),
    ),
    ...settings.filter(({ widens }) => widens).flatMap(askedBySetting),
  ]
}

function askedBySetting({ field, value = '' }: RequestedSetting): Asked[] {
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

const ANY = Symbol('**')
const ANY_IN_SEGMENT = Symbol('*')
type Part = string | typeof ANY | typeof ANY_IN_SEGMENT

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

function partsOf(pattern: string): Part[] {
  // More stars in a row than two are two and others, which stand for nothing more.
  return pattern.split(/(\*+)/).flatMap((part): Part[] => {
    if (!part.startsWith('*')) return part.split('')
    return [part === '*' ? ANY_IN_SEGMENT : ANY]
  })
}

/** Follows all ways at once: `reached[n]` is whether the text so far can be what the first n parts stand for. */
function matches(parts: readonly Part[], text: string): boolean {
  let reached = passStars(parts, new Uint8Array(parts.length + 1).fill(1, 0, 1))
  for (const character of text.split('')) {
    const next = new Uint8Array(parts.length + 1)
    for (const [index, part] of parts.entries()) {
      if (!reached[index]) continue
      if (part === character) next[index + 1] = 1
      if (part === ANY || (part === ANY_IN_SEGMENT && character !== '/')) next[index] = 1
    }
    reached = passStars(parts, next)
  }
  return reached[parts.length] === 1
}

/** A star stands for nothing, too. */
function passStars(parts: readonly Part[], reached: Uint8Array): Uint8Array {
  for (const [index, part] of parts.entries()) {
    if (reached[index] && typeof part !== 'string') reached[index + 1] = 1
  }
  return reached
}
