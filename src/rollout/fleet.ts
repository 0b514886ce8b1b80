import { resolve } from 'node:path'
import { configFolder, unusable } from '../../adapters/docker/configFile.ts'
import { listContexts } from '../../adapters/docker/contextStore.ts'
import { findProgram } from '../../adapters/process/findProgram.ts'
import { runProgram } from '../../adapters/process/runProgram.ts'
import type { SwarmNode } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import { listSome, oneLine, quoted } from '../../machines/text.ts'
import { glob } from '../flow/consent/allowList.ts'
import { connectTarget } from './connectTarget.ts'
import {
  type Fleet,
  type FleetFile,
  type FleetSource,
  type FleetTarget,
  parseFleetFile,
  readFleetFile,
} from './fleetFile.ts'
import { LABEL, MOST_TARGETS } from './fleetShape.ts'

export interface FleetOptions {
  /** Where contexts are looked for, and what commands run in. Default `process.env`. */
  env?: NodeJS.ProcessEnv
  signal?: AbortSignal
}

type Asked = Required<FleetOptions>
type SourceOf<Kind extends string> = Extract<FleetSource, Record<Kind, unknown>>

/** Bytes that a program which lists targets may write. */
const MOST_OUTPUT = 4 * 1024 * 1024

/**
 * Reads a fleet file and asks its sources for their targets.
 *
 * @throws EngineError `invalid-configuration` that names the file, and the line or the source; what the manager of a swarm
 * answered, where it lists no nodes; `cancelled` once the signal has fired
 */
export async function readFleet(path: string, options: FleetOptions = {}): Promise<Fleet> {
  return askSources(readFleetFile(path), options)
}

/** The targets of a fleet file with those of its sources. */
export async function askSources(
  file: FleetFile,
  { env = process.env, signal = new AbortController().signal }: FleetOptions = {},
): Promise<Fleet> {
  const lists = [file.targets]
  for (const [index, source] of file.sources.entries()) {
    const name = `sources[${index}] of ${file.name}`
    const found = await ask(source, name, file, { env, signal })
    if (found.length === 0) throw unusable(name, 'lists no target')
    lists.push(found.map((target) => withDefaults(target, source)))
  }
  const targets = lists.flat()
  refuseRepeated(targets, file)
  if (targets.length <= MOST_TARGETS) return { targets }
  throw unusable(file.name, `lists ${targets.length} targets, more than ${MOST_TARGETS}`)
}

function ask(source: FleetSource, name: string, file: FleetFile, asked: Asked) {
  if ('contexts' in source) return contextTargets(source, name, asked)
  if ('command' in source) return commandTargets(source, name, file, asked)
  return swarmTargets(source, name, file, asked)
}

/** The zone and labels of a target override those of its source. */
function withDefaults(target: FleetTarget, { zone, labels }: FleetSource): FleetTarget {
  return {
    ...target,
    ...(target.zone === undefined && zone !== undefined && { zone }),
    labels: { ...labels, ...target.labels },
  }
}

function refuseRepeated(targets: readonly FleetTarget[], { name }: FleetFile): void {
  const seen = new Set<string>()
  for (const { id } of targets) {
    if (seen.has(id)) {
      throw unusable(name, `lists two targets with the ID ${quoted(id)}: give each its own`)
    }
    seen.add(id)
  }
}

function contextTargets(
  { contexts }: SourceOf<'contexts'>,
  name: string,
  { env }: Asked,
): FleetTarget[] {
  const matches = glob(contexts)
  const found = listContexts(configFolder(env)).filter((context) => matches(context.name))
  if (found.length === 0) {
    const next = 'plugin-flow context ls lists the existing ones'
    throw unusable(name, `matches no Docker context with ${quoted(contexts)}; ${next}`)
  }
  return found.map((context) => {
    if ('error' in context) throw unusable(name, `matches a broken context: ${context.error}`)
    return { id: context.name, labels: {}, access: { context: context.name } }
  })
}

async function commandTargets(
  { command, timeoutMs }: SourceOf<'command'>,
  name: string,
  { folder }: FleetFile,
  { env, signal }: Asked,
): Promise<FleetTarget[]> {
  const [program = '', ...args] = command
  const file = program.includes('/')
    ? resolve(folder, program)
    : await findProgram(program, env, process.platform)
  if (file === undefined) throw unusable(name, `runs ${quoted(program)}, which is not on the PATH`)
  const ended = await runProgram(
    { file, args, input: '', cwd: folder, mostOutput: MOST_OUTPUT },
    { env, platform: process.platform, limitMs: timeoutMs, signal },
  )
  const failed = (why: string) => unusable(name, `runs ${quoted(program)}, which ${why}`)
  switch (ended.end) {
    case 'aborted':
      throw new EngineError('cancelled', `${program} was cancelled`)
    case 'notStarted':
      throw failed(`cannot be started (${ended.code})`)
    case 'tooLong':
      throw failed(`did not end within ${timeoutMs / 1_000} s and was killed`)
    case 'tooMuch':
      throw failed(`wrote more than ${MOST_OUTPUT / 1024 ** 2} MiB and was killed`)
  }
  const words = oneLine(ended.errors)
  const says = words && `: ${words}`
  if (ended.code !== 0)
    throw failed(`failed with exit status ${ended.code ?? 'of a signal'}${says}`)
  const listed = parseFleetFile(ended.output, `the output of ${quoted(program)}`, folder)
  if (listed.sources.length > 0) throw failed('lists sources: it may list targets only')
  return listed.targets
}

async function swarmTargets(
  { swarm, hostTemplate, idTemplate }: SourceOf<'swarm'>,
  name: string,
  { folder }: FleetFile,
  { env, signal }: Asked,
): Promise<FleetTarget[]> {
  const manager = connectTarget(swarm, { env })
  try {
    const nodes = await manager.call('nodeList', {}, { signal })
    // The list of the manager is validated like a fleet file.
    const targets = nodes.map((node) => ({
      id: fill(idTemplate, node, name),
      host: fill(hostTemplate, node, name),
      labels: { role: node.role || 'unknown', ...usableLabels(node) },
    }))
    const listed = `the list of nodes of ${manager.host}`
    return nodes.length === 0
      ? []
      : parseFleetFile(JSON.stringify({ targets }), listed, folder).targets
  } catch (error) {
    if (!isEngineError(error) || error.code === 'invalid-configuration') throw error
    throw new EngineError(error.code, `${name}: ${error.message}`, error.details)
  } finally {
    manager.close()
  }
}

/** Labels of a swarm may be empty, or have names that an expression cannot have. */
function usableLabels({ labels }: SwarmNode): Record<string, string> {
  const usable = Object.entries(labels).filter(
    ([label, value]) => LABEL.test(label) && value !== '',
  )
  return Object.fromEntries(usable)
}

function fill(template: string, node: SwarmNode, name: string): string {
  const { id, hostname, address } = node
  // An IPv6 address stands in brackets in that of an engine.
  const host = address.includes(':') ? `[${address}]` : address
  const parts: Readonly<Record<string, string>> = { id, hostname, address: host }
  return template.replace(/\{(\w*)\}/g, (_, part: string) => {
    const value = Object.hasOwn(parts, part) ? parts[part] : undefined
    if (value) return value
    const known = listSome(Object.keys(parts).map((each) => `{${each}}`))
    const why = value === '' ? `the node ${id} has none` : `known are ${known}`
    throw unusable(name, `has {${part}} in a template: ${why}`)
  })
}
