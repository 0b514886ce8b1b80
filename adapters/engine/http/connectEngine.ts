import type { ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import { openConnection } from './connections.ts'
import { dialAhead } from './dialAhead.ts'
import { type Dial, dialer, EngineAgent } from './engineAgent.ts'
import type { EngineTarget } from './engineTarget.ts'
import { Axios } from './httpModules.ts'
import { nodeAdapter } from './nodeAdapter.ts'
import { secretsInHeaders } from './requestHeaders.ts'
import { type EngineAnswer, type EngineRequest, sendRequest } from './sendRequest.ts'
import type { Timeouts } from './timeouts.ts'

/** One engine and the sockets to it. */
export interface EngineConnection {
  /** As messages name it. */
  readonly host: string
  readonly timeouts: Timeouts
  /** Resolves once a 2xx answer has begun; rejects with an `EngineError` on everything else. */
  send(request: EngineRequest, signal: AbortSignal): Promise<EngineAnswer>
  /** Destroys the sockets; calls under way fail. Idle sockets alone never keep a process alive. */
  close(): void
}

/** Nothing is sent and no socket is opened before the first call. */
export function connectEngine(target: EngineTarget): EngineConnection {
  const { address, host, headers, proxy, timeouts } = target
  const dial = dialer(target)
  const agent = new EngineAgent(dial)
  const dedicated = new Set<Duplex>()
  // A connection that was kept can be dying, under a change that must not be made twice; and what comes
  // over it late, or twice, would be taken for the answer to the call that is made next.
  const dialOnce = (options: ClientRequestArgs) => {
    const connection = openConnection(() => dial(options as Parameters<Dial>[0]))
    dedicated.add(connection)
    return connection.once('close', () => dedicated.delete(connection))
  }
  const wire = {
    // Without axios' defaults: none of them is for an engine, and each is merged with every request.
    http: new Axios({
      adapter: nodeAdapter(address, 'ssh' in address ? dialAhead(dialOnce) : dialOnce, headers),
    }),
    agent,
    timeouts,
    secrets: [...secretsInHeaders(headers), ...(proxy?.secrets ?? [])],
    sent: [],
  }
  return {
    host,
    timeouts,
    send: (request, signal) => sendRequest(wire, request, signal),
    close: () => {
      agent.destroy()
      for (const connection of dedicated) connection.destroy()
    },
  }
}
