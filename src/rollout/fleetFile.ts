import { dirname, resolve } from 'node:path'
import * as v from 'valibot'
import { isFields, readTextFile, unusable } from '../../adapters/docker/configFile.ts'
import {
  findRepeated,
  type JsonPath,
  parseJson,
  placeInJson,
} from '../../adapters/docker/parseJson.ts'
import { parseHost } from '../../adapters/engine/http/dockerHost.ts'
import { isEngineError } from '../../machines/errors.ts'
import type { TargetAccess } from '../../machines/rollout/plan.ts'
import { quoted } from '../../machines/text.ts'

/** Engines with what tells them apart. */
export interface Fleet {
  targets: FleetTarget[]
}

export interface FleetTarget {
  /** Unique in the fleet. */
  id: string
  zone?: string
  labels: Readonly<Record<string, string>>
  access: TargetAccess
}

/** A fleet file that was read, before its sources were asked. */
export interface FleetFile extends Fleet {
  sources: FleetSource[]
  /** As messages name it: `the fleet file fleet.json`. */
  name: string
  /** Its folder, from which its paths are relative. */
  folder: string
}

/** A source of targets, and what all of them have. */
export type FleetSource = { zone?: string; labels: Readonly<Record<string, string>> } & (
  | { contexts: string }
  | { command: readonly string[]; timeoutMs: number }
  | { swarm: TargetAccess; hostTemplate: string; idTemplate: string }
)

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
  // valibot takes a list for a record.
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

/** By the name of what holds them. */
const entriesIn: Readonly<Record<string, object>> = {
  targets: target.entries,
  sources: source.entries,
  swarm: access,
  tls: tls.entries,
}

type RawSource = v.InferOutput<typeof source>
type RawAccess = Pick<v.InferOutput<typeof target>, 'host' | 'context' | 'tls'>

/** Refuses the file for something at a path in it. */
type Refuse = (path: JsonPath, why: string) => never

/** @throws EngineError `invalid-configuration` that names the file, the line, and what to write there */
export function readFleetFile(path: string): FleetFile {
  const name = `the fleet file ${path}`
  const found = readTextFile(path, name)
  if (found === undefined) throw unusable(name, 'does not exist')
  return parseFleetFile(found, name, dirname(resolve(path)))
}

/**
 * @param name as messages name it
 * @param folder from which paths are relative
 * @throws EngineError `invalid-configuration`
 */
export function parseFleetFile(written: string, name: string, folder: string): FleetFile {
  const json = written.replace(/^\ufeff/, '')
  const refuse: Refuse = (path, why) => {
    throw unusable(name, `cannot be used: ${describePath(path)} ${why}, ${placeInJson(json, path)}`)
  }
  const { targets = [], sources = [] } = checkShape(readValue(json, name), refuse)
  if (targets.length + sources.length === 0) refuse([], 'has neither "targets" nor "sources"')
  return {
    name,
    folder,
    targets: targets.map(({ id, zone, labels = {}, ...rest }, index) => ({
      id,
      ...(zone !== undefined && { zone }),
      labels,
      access: readAccess(rest, ['targets', index], folder, refuse),
    })),
    sources: sources.map((each, index) => readSource(each, ['sources', index], folder, refuse)),
  }
}

function readValue(json: string, name: string): unknown {
  const { value, problem, rest } = parseJson(json)
  if (problem !== undefined) throw unusable(name, `is not valid JSON: ${problem}`)
  if (rest !== undefined) throw unusable(name, `has more after its end ${rest}`)
  const repeated = findRepeated(json)
  if (repeated === undefined) return value
  throw unusable(name, `has ${quoted(repeated.name)} twice in one object, ${repeated.place}`)
}

function checkShape(value: unknown, refuse: Refuse): v.InferOutput<typeof fleet> {
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

/** The fields that an object of the file may have. */
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

function readSource(raw: RawSource, path: JsonPath, folder: string, refuse: Refuse): FleetSource {
  const { contexts, command, swarm, zone, labels = {}, timeout = 60, host, id = '{hostname}' } = raw
  const given = Object.entries({ contexts, command, swarm }).filter(
    ([, each]) => each !== undefined,
  )
  if (given.length !== 1) {
    refuse(path, 'needs one of "contexts", "command" and "swarm", and no other of them')
  }
  const [[kind = ''] = []] = given
  const only = { timeout: 'command', host: 'swarm', id: 'swarm' } as const
  for (const [field, of] of Object.entries(only)) {
    if (raw[field as keyof typeof only] !== undefined && kind !== of) {
      refuse([...path, field], `is only for a source with "${of}"`)
    }
  }
  const shared = { ...(zone !== undefined && { zone }), labels }
  if (contexts !== undefined) return { ...shared, contexts }
  if (command !== undefined) return { ...shared, command, timeoutMs: timeout * 1_000 }
  const inSwarm = [...path, 'swarm']
  if (host === undefined) refuse(path, 'needs "host", such as "ssh://root@{hostname}"')
  return {
    ...shared,
    swarm: readAccess(swarm as RawAccess, inSwarm, folder, refuse),
    hostTemplate: host as string,
    idTemplate: id,
  }
}

function readAccess(
  { host, context, tls }: RawAccess,
  path: JsonPath,
  folder: string,
  refuse: Refuse,
): TargetAccess {
  if ((host === undefined) === (context === undefined)) {
    refuse(path, 'needs either "host" or "context"')
  }
  if (context !== undefined) {
    if (tls) refuse([...path, 'tls'], 'is not for a context, which has its own TLS settings')
    return { context }
  }
  if ((tls?.cert === undefined) !== (tls?.key === undefined)) {
    refuse([...path, 'tls'], 'needs "cert" and "key" together')
  }
  const files = Object.entries(tls ?? {}).map(([field, file]) => [field, resolve(folder, file)])
  const found = {
    host: host as string,
    ...(tls && { tls: Object.fromEntries(files) }),
  }
  checkHost(found, [...path, 'host'], refuse)
  return found
}

/** An address without anything secret in it: with credentials it is not an address of an engine. */
function checkHost(
  { host, tls }: Extract<TargetAccess, { host: string }>,
  path: JsonPath,
  refuse: Refuse,
): void {
  try {
    parseHost(host, { secure: tls !== undefined })
  } catch (error) {
    if (!isEngineError(error)) throw error
    refuse(path, `is invalid: ${error.message}`)
  }
}

/** `targets[3].labels.role` */
function describePath(path: JsonPath): string {
  const words = path.map((part, index) => {
    if (typeof part === 'number') return `[${part}]`
    const word = /^\w+$/.test(part) ? part : quoted(part, 40)
    return index === 0 ? word : `.${word}`
  })
  return words.join('') || 'it'
}
