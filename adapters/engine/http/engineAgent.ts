import { Agent, type AgentOptions } from 'node:http'
import { createConnection, type NetConnectOpts } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EnvironmentProxy } from './environmentProxy.ts'
import { ProxyTunnel } from './proxyTunnel.ts'
import { withinTime } from './withinTime.ts'

/** Keeps sockets for the next call, and gives up on one that is not connected in time. */
export class EngineAgent extends Agent {
  readonly #connectWithin: number
  readonly #proxy: EnvironmentProxy | undefined

  /**
   * @param connectWithin milliseconds
   * @param proxy through which everything goes
   */
  constructor(connectWithin: number, proxy?: EnvironmentProxy) {
    // Node.js looks for a name for TLS otherwise, with a pattern that takes 10 ms to compile.
    super({ keepAlive: true, servername: '' } as AgentOptions)
    this.#connectWithin = connectWithin
    this.#proxy = proxy
  }

  override createConnection(options: NetConnectOpts): Duplex {
    if (this.#proxy) return new ProxyTunnel(this.#proxy, this.#connectWithin)
    return withinTime(createConnection(options), 'connect', this.#connectWithin)
  }
}
