import { connectionGate } from '../../adapters/engine/http/connections.ts'
import { type Limits, processLimits } from '../../adapters/process/limits.ts'
import { EngineError } from '../../machines/errors.ts'
import { flowGate } from './place.ts'

export type { Limits }

const MOST = 100_000
const VARIABLES = {
  flows: 'PLUGIN_FLOW_MAX_FLOWS',
  connections: 'PLUGIN_FLOW_MAX_CONNECTIONS',
} as const satisfies Record<keyof Limits, string>

let given: Parameters<typeof setLimits>[0] = {}
let isSized = false

/**
 * Sets how much this process does at once, for all engines; what else asks for a place waits, in the order of asking. A
 * lower limit takes no place away. `undefined` sets a limit as it is by itself.
 *
 * @returns the limits in force
 * @throws EngineError `invalid-option` for a limit that is not a whole number from 1 to 100 000
 */
export function setLimits(limits: { [Name in keyof Limits]?: number | undefined }): Limits {
  for (const [name, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(VARIABLES, name)) throw invalid(name, 'there is no such limit')
    if (limit !== undefined) check(name, limit)
  }
  given = { ...given, ...limits }
  return size()
}

/** Sets the limits of a process that has set none: by its environment, else by what it can open and its processors. */
export function sizeLimits(): void {
  if (!isSized) size()
}

function size(): Limits {
  const own = processLimits()
  const limitOf = (name: keyof Limits) => given[name] ?? limitInEnvironment(VARIABLES[name])
  const limits = {
    flows: limitOf('flows') ?? own.flows,
    connections: limitOf('connections') ?? own.connections,
  }
  flowGate.limit = limits.flows
  connectionGate.limit = limits.connections
  isSized = true
  return limits
}

function limitInEnvironment(variable: string): number | undefined {
  const text = process.env[variable]
  return text ? check(variable, Number(text)) : undefined
}

function check(name: string, limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit
  throw invalid(name, `it must be a whole number from 1 to ${MOST}`)
}

function invalid(name: string, why: string): EngineError {
  return new EngineError('invalid-option', `the limit ${name}: ${why}`)
}
