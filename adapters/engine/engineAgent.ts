import { Agent, type AgentOptions } from 'node:http'
import { createConnection, type NetConnectOpts, type Socket } from 'node:net'

/** Keeps sockets for the next call, and gives up on one that is not connected in time. */
export class EngineAgent extends Agent {
  readonly #connectWithin: number

  /** @param connectWithin milliseconds */
  constructor(connectWithin: number) {
    super({ keepAlive: true } satisfies AgentOptions)
    this.#connectWithin = connectWithin
  }

  override createConnection(options: NetConnectOpts): Socket {
    const socket = createConnection(options)
    const clock = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }))
    }, this.#connectWithin)
    const stop = () => clearTimeout(clock)
    return socket.once('connect', stop).once('close', stop)
  }
}
