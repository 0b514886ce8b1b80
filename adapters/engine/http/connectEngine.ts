import type { Agent } from 'node:http'
import { axiosClient } from './axiosClient.ts'
import { withoutBrackets } from './dockerHost.ts'
import { EngineAgent } from './engineAgent.ts'
import type { EngineTarget } from './engineTarget.ts'
import { OneCallAgent } from './oneCallAgent.ts'
import { secretsInHeaders } from './requestHeaders.ts'
import { type EngineAnswer, type EngineRequest, sendRequest } from './sendRequest.ts'
import { SshAgent } from './sshAgent.ts'
import type { Timeouts } from './timeouts.ts'
import { TlsAgent } from './tlsAgent.ts'

/** What an operation needs of a connection. */
export interface EngineClient {
  /** As messages name it. */
  readonly host: string
  readonly timeouts: Timeouts
  /** Resolves once a 2xx answer has begun; rejects with an `EngineError` on everything else. */
  send(request: EngineRequest, signal: AbortSignal): Promise<EngineAnswer>
}

/** One engine and the sockets to it. */
export interface EngineConnection extends EngineClient {
  /** Destroys the sockets; calls under way fail. Idle sockets alone never keep a process alive. */
  close(): void
}

/** Nothing is sent and no socket is opened before the first call. */
export function connectEngine(target: EngineTarget): EngineConnection {
  const { address, host, headers, proxy, timeouts } = target
  const agent = agentFor(target)
  const oneCall = new OneCallAgent(agent)
  const wire = {
    http: axiosClient(address, headers, agent),
    oneCall,
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
      oneCall.destroy()
    },
  }
}

function agentFor({ address, tls, proxy, env, timeouts: { connect } }: EngineTarget): Agent {
  if ('ssh' in address) return new SshAgent(address.ssh, env, connect)
  if (!('secure' in address) || !tls) return new EngineAgent(connect, proxy)
  const hostname = withoutBrackets(address.hostname)
  return new TlsAgent({ connectWithin: connect, hostname, proxy, ...tls })
}
