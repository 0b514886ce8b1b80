import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** How much one process does at once. */
export interface Limits {
  /** Flows at work. */
  flows: number
  /** Connections to engines. */
  connections: number
}

/** Of a system that does not tell. */
const DEFAULT_DESCRIPTORS = 1_024
/** Left to the rest of the process. */
const SPARE_DESCRIPTORS = 64
/** A connection through `ssh` is a process with three pipes. */
const DESCRIPTORS_PER_CONNECTION = 4
const MOST_CONNECTIONS = 512
const FLOWS_PER_CORE = 32

/**
 * The amount of work that this process can do at once, by its descriptor limit and its processors. A flow at work has up to three
 * connections, and half of them stay free for what is not a flow.
 */
export function processLimits(
  descriptors = descriptorLimit(),
  cores = availableParallelism(),
): Limits {
  const affordable = Math.floor((descriptors - SPARE_DESCRIPTORS) / DESCRIPTORS_PER_CONNECTION)
  const connections = Math.min(Math.max(affordable, 4), MOST_CONNECTIONS)
  return { flows: Math.min(FLOWS_PER_CORE * cores, Math.floor(connections / 2)), connections }
}

/** Node.js raises the soft limit to the hard one when it starts. */
function descriptorLimit(): number {
  try {
    const [, limit] =
      /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(limit ?? DEFAULT_DESCRIPTORS)
  } catch {
    return DEFAULT_DESCRIPTORS
  }
}
