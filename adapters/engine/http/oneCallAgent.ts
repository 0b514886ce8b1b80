import { Agent, type AgentOptions } from 'node:http'

/**
 * Makes the connections that another agent would make, each for one call. One that was kept can be
 * dying, under a change that must not be made twice; and what comes over it late, or twice, would be
 * taken for the answer to the call that is made next.
 */
export class OneCallAgent extends Agent {
  readonly #of: Agent

  constructor(of: Agent) {
    // As in `EngineAgent`.
    super({ keepAlive: false, servername: '' } as AgentOptions)
    this.#of = of
    const { protocol, defaultPort } = of as Agent & Record<'protocol' | 'defaultPort', unknown>
    Object.assign(this, { protocol, defaultPort })
  }

  override createConnection(...asked: Parameters<Agent['createConnection']>) {
    return this.#of.createConnection(...asked)
  }
}
