import { dirname, resolve } from 'node:path'
import { readTextFile, unusable } from '../../adapters/docker/configFile.ts'
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
import { checkFleetShape, type RawAccess, type RawSource, type Refuse } from './fleetShape.ts'

/** The engines of a rollout. */
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

/** A source of targets, and the zone and labels that they share. */
export type FleetSource = { zone?: string; labels: Readonly<Record<string, string>> } & (
  | { contexts: string }
  | { command: readonly string[]; timeoutMs: number }
  | { swarm: TargetAccess; hostTemplate: string; idTemplate: string }
)

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
  const { targets = [], sources = [] } = checkFleetShape(readValue(json, name), refuse)
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

/** Checks the address of an engine. An address with credentials is invalid, so no secret is kept. */
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
