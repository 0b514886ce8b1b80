import { Agent, type AgentOptions } from 'node:http'
import { createConnection, type NetConnectOpts, type Socket } from 'node:net'
import { withinTime } from './withinTime.ts'

/** Keeps sockets for the next call, and gives up on one that is not connected in time. */
export class EngineAgent extends Agent {
  readonly #connectWithin: number

  /** @param connectWithin milliseconds */
  constructor(connectWithin: number) {
    // Node.js looks for a name for TLS otherwise, with a pattern that takes 10 ms to compile.
    super({ keepAlive: true, servername: '' } as AgentOptions)
    this.#connectWithin = connectWithin
  }

  override createConnection(options: NetConnectOpts): Socket {
    return withinTime(createConnection(options), 'connect', this.#connectWithin)
  }
}
