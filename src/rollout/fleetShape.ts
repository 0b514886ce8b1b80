import * as v from 'valibot'
import { isFields } from '../../adapters/docker/configFile.ts'
import type { JsonPath } from '../../adapters/docker/parseJson.ts'

export const MOST_TARGETS = 20_000

const LONGEST = 255
const ID = /^[A-Za-z0-9][\w.:@+/-]*$/
/** `id` and `zone` mean something else in an expression. */
export const LABEL = /^(?!(?:id|zone)$)[A-Za-z0-9_][\w./-]*$/
const ONE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u
/** `JSON.parse` and objects treat them specially. */
const SPECIAL = ['__proto__', 'constructor', 'prototype']

const text = v.pipe(
  v.string('is not a string'),
  v.nonEmpty('is empty'),
  v.maxLength(LONGEST, `has more than ${LONGEST} characters`),
  v.regex(ONE_LINE, 'is not one line'),
)
const idText = v.pipe(text, v.regex(ID, 'has a character that an ID cannot have'))
const labels = v.pipe(
  v.unknown(),
  // valibot accepts an array as a record.
  v.check(isFields, 'is not an object'),
  v.record(v.pipe(v.string(), v.regex(LABEL, 'is not a name that a label can have')), text),
)
const list = <const Item extends v.GenericSchema>(item: Item, most: number) =>
  v.pipe(
    v.array(item, 'is not a list'),
    v.nonEmpty('is empty'),
    v.maxLength(most, `has more than ${most} entries`),
  )
const common = { zone: v.exactOptional(text), labels: v.exactOptional(labels) }
const path = v.exactOptional(text)
const tls = v.strictObject({ ca: path, cert: path, key: path }, 'is not an object')
const access = {
  host: v.exactOptional(v.string('is not a string')),
  context: v.exactOptional(text),
  tls: v.exactOptional(tls),
}
const target = v.strictObject({ id: idText, ...access, ...common }, 'is not an object')
const source = v.strictObject(
  {
    contexts: v.exactOptional(text),
    command: v.exactOptional(list(v.string('is not a string'), 100)),
    timeout: v.exactOptional(
      v.pipe(
        v.number('is not a number'),
        v.integer('is not a whole number'),
        v.minValue(1, 'is less than 1'),
        v.maxValue(600, 'is more than 600'),
      ),
    ),
    swarm: v.exactOptional(v.strictObject(access, 'is not an object')),
    host: v.exactOptional(text),
    id: v.exactOptional(text),
    ...common,
  },
  'is not an object',
)
const fleet = v.strictObject(
  {
    $schema: v.exactOptional(v.string('is not a string')),
    targets: v.exactOptional(
      v.pipe(
        v.array(target, 'is not a list'),
        v.maxLength(MOST_TARGETS, `has more than ${MOST_TARGETS} entries`),
      ),
    ),
    sources: v.exactOptional(list(source, 100)),
  },
  'is not an object',
)

/** The known fields, by the name of the field that holds them. */
const entriesIn: Readonly<Record<string, object>> = {
  targets: target.entries,
  sources: source.entries,
  swarm: access,
  tls: tls.entries,
}

export type RawSource = v.InferOutput<typeof source>
export type RawAccess = Pick<v.InferOutput<typeof target>, 'host' | 'context' | 'tls'>

/** Throws the error for a value at a path in the file. */
export type Refuse = (path: JsonPath, why: string) => never

/** Validates the types and sizes of the fields of a fleet file. */
export function checkFleetShape(value: unknown, refuse: Refuse): v.InferOutput<typeof fleet> {
  if (!isFields(value)) refuse([], 'is not an object')
  refuseSpecial(value, [], refuse)
  const checked = v.safeParse(fleet, value, { abortEarly: true })
  if (checked.success) return checked.output
  const [{ type, expected, received, message, path: parts = [] }] = checked.issues
  const path = parts.map(({ key }) => key as string | number)
  const last = path.at(-1)
  if (type === 'strict_object' && last !== undefined && expected === 'never') {
    return refuse(path, `is unknown: ${knownBeside(path)}`)
  }
  return refuse(path, received === 'undefined' ? 'is missing' : message)
}

/** Lists the known fields of the object that holds a path. */
function knownBeside(path: JsonPath): string {
  const within = path.slice(0, -1).findLast((part) => typeof part === 'string') ?? ''
  return `known are ${Object.keys(entriesIn[within] ?? fleet.entries).join(', ')}`
}

function refuseSpecial(value: unknown, path: JsonPath, refuse: Refuse): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, field] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(name) : name]
    if (SPECIAL.includes(name)) refuse(at, 'is not a name that a field can have')
    refuseSpecial(field, at, refuse)
  }
}
