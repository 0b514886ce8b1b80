import { onAbort } from '../../machines/onAbort.ts'
import type { Exchange } from './exchange.ts'
import { PluginStore, randomId } from './pluginStore.ts'
import { type Registries, SimulatedRegistries } from './registryLookup.ts'
import { sampleRegistries } from './sampleRegistries.ts'

/** How the simulation is set up; every option has a default. */
export interface SimulationOptions {
  /** Registry host, then its contents. Every other host does not resolve. Default: `sampleRegistries`. */
  registries?: Registries
  /** How much of the real time everything takes: 1 (the default) all of it, 0 none. */
  pace?: number
  /** The value of the header `Docker-Experimental`. Default `false`. */
  experimental?: boolean
  /** Paths that the simulated host lacks, with everything below them. Default: `/does/not/exist`. */
  missingPaths?: readonly string[]
  /** Makes the ids of installed plugins: 64 hexadecimal digits. Default: random ones. */
  newId?: () => string
}

/** The state of one embedded engine, which its operations share. */
export class SimulatedEngine {
  /** As `/info` tells it. */
  readonly id = randomId()
  readonly store: PluginStore
  readonly clock: PacedClock
  readonly registries: SimulatedRegistries
  readonly experimental: boolean
  readonly missingPaths: readonly string[]

  constructor(options: SimulationOptions, closing: AbortSignal) {
    this.store = new PluginStore(options.newId)
    this.clock = new PacedClock(options.pace ?? 1, closing)
    this.registries = new SimulatedRegistries(options.registries ?? sampleRegistries)
    this.experimental = options.experimental ?? false
    this.missingPaths = options.missingPaths ?? ['/does/not/exist']
  }

  /**
   * The engine dies and starts again, with what is on its disk: `end` ends the connections, and resolves
   * when no request is worked on.
   */
  async restart(end: () => Promise<unknown>): Promise<void> {
    this.clock.interrupt()
    await end()
    this.store.reload()
  }
}

/** Method, path below the version, and what answers. A name in a path keeps its slashes and colons. */
export type Route = readonly [
  method: string,
  path: RegExp,
  operation: (engine: SimulatedEngine, exchange: Exchange) => void | Promise<void>,
]

/** The time of the simulation: a millisecond lasts `pace` real ones. */
export class PacedClock {
  readonly #pace: number
  readonly #closing: AbortSignal
  #dying = new AbortController()

  constructor(pace: number, closing: AbortSignal) {
    this.#pace = pace
    this.#closing = closing
  }

  /** Ends every wait that has no other signal. */
  interrupt(): void {
    this.#dying.abort()
    this.#dying = new AbortController()
  }

  #end(): AbortSignal {
    return AbortSignal.any([this.#closing, this.#dying.signal])
  }

  /** Rejects as soon as `signal` fires; by default that is the end of the engine. */
  wait(milliseconds: number, signal = this.#end()): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(signal.reason)
      if (signal.aborted) return fail()
      const stop = later(milliseconds * this.#pace, () => {
        release()
        resolve()
      })
      const release = onAbort(signal, () => {
        stop()
        fail()
      })
    })
  }
}

/** Where there is a `setImmediate`, no time takes none; elsewhere a timer takes its least. */
function later(milliseconds: number, act: () => void): () => void {
  if (milliseconds === 0 && typeof setImmediate === 'function') {
    const immediate = setImmediate(act)
    return () => clearImmediate(immediate)
  }
  const timer = setTimeout(act, milliseconds)
  return () => clearTimeout(timer)
}
