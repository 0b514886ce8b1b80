import { Agent, type AgentOptions } from 'node:http'
import type { Env } from '../../process/env.ts'
import type { SshHost } from './dockerHost.ts'
import { sshArguments } from './sshArguments.ts'
import { SshStream } from './sshStream.ts'
import { withinTime } from './withinTime.ts'

/** As `EngineAgent`, through the system's `ssh`: a process a connection. */
export class SshAgent extends Agent {
  readonly #host: SshHost
  readonly #env: Env
  readonly #connectWithin: number

  /** @param connectWithin milliseconds until an engine has answered on the other side */
  constructor(host: SshHost, env: Env, connectWithin: number) {
    // As in `EngineAgent`.
    super({ keepAlive: true, servername: '' } as AgentOptions)
    this.#host = host
    this.#env = env
    this.#connectWithin = connectWithin
  }

  override createConnection(): SshStream {
    const args = sshArguments(this.#host, this.#connectWithin)
    const stream = new SshStream({ args, env: this.#env, platform: process.platform })
    return withinTime(stream, 'connect', this.#connectWithin)
  }
}
