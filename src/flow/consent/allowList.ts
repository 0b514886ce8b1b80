import { posix } from 'node:path'
import type { ConsentDecision, ConsentRequest } from '../../../machines/consent.ts'
import type { RequestedSetting } from '../../../machines/settings.ts'
import { glob, LONGEST } from './glob.ts'

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
