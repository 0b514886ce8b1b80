import { PacedClock } from './pacedClock.ts'
import { PluginStore } from './pluginStore.ts'
import type { Registries } from './registryLookup.ts'
import { sampleRegistries } from './sampleRegistries.ts'

/** What the simulation is made of; nothing of it has to be given. */
export interface SimulationOptions {
  /** Registry host, then what it holds. Every other host does not resolve. Default: `sampleRegistries`. */
  registries?: Registries
  /** How much of the real time everything takes: 1 (the default) all of it, 0 none. */
  pace?: number
  /** What `Docker-Experimental` says. Default `false`. */
  experimental?: boolean
  /** Paths that the simulated host lacks, with all below them. Default: `/does/not/exist`. */
  missingPaths?: readonly string[]
  /** Makes the ids of installed plugins: 64 hexadecimal digits. Default: random ones. */
  newId?: () => string
}

/** What the operations of one embedded engine share. */
export class SimulatedEngine {
  readonly store: PluginStore
  readonly clock: PacedClock
  readonly registries: Registries
  readonly experimental: boolean
  readonly missingPaths: readonly string[]

  constructor(options: SimulationOptions, closing: AbortSignal) {
    this.store = new PluginStore(options.newId)
    this.clock = new PacedClock(options.pace ?? 1, closing)
    this.registries = options.registries ?? sampleRegistries
    this.experimental = options.experimental ?? false
    this.missingPaths = options.missingPaths ?? ['/does/not/exist']
  }
}
