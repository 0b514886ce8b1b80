import axios from 'axios'
import { parseHost, resolveHost } from './dockerHost.ts'
import { EngineAgent } from './engineAgent.ts'
import { type EngineAnswer, type EngineRequest, sendRequest } from './sendRequest.ts'
import { completeTimeouts, type Timeouts } from './timeouts.ts'

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

export interface ConnectOptions {
  /** `unix:///path`, `tcp://host:port` or `http://host:port`. Default: `DOCKER_HOST`, else Docker's own. */
  host?: string
  /** Where `DOCKER_HOST` and `DOCKER_TLS_VERIFY` are read. Default `process.env`. */
  env?: Readonly<Record<string, string | undefined>>
  timeouts?: Partial<Timeouts>
}

/**
 * Names an engine to talk to. Nothing is sent and no socket is opened before the first call.
 *
 * @throws EngineError `invalid-option` for a host or a timeout that cannot be used
 */
export function connectEngine(options: ConnectOptions = {}): EngineConnection {
  const address = parseHost(resolveHost(options.host, options.env ?? process.env))
  const timeouts = completeTimeouts(options.timeouts)
  const agent = new EngineAgent(timeouts.connect)
  const http = axios.create({
    ...('socketPath' in address
      ? {
          baseURL: 'http://docker',
          socketPath: address.socketPath,
          allowedSocketPaths: [address.socketPath],
        }
      : { baseURL: `http://${address.hostname}:${address.port}` }),
    httpAgent: agent,
    // A proxy of the environment would get the credentials, and a redirect loses the body.
    proxy: false,
    maxRedirects: 0,
    allowAbsoluteUrls: false,
    // An engine does not compress. Taking compressed answers would hide a cut: axios inflates
    // what came and reports no error.
    decompress: false,
    responseType: 'stream',
    validateStatus: null,
    transformRequest: [],
    transformResponse: [],
    headers: {
      common: {
        Accept: 'application/json',
        'Accept-Encoding': false,
        'User-Agent': 'docker-plugin-flow',
      },
    },
  })
  const wire = { http, host: address.host, timeouts }
  return {
    host: address.host,
    timeouts,
    send: (request, signal) => sendRequest(wire, request, signal),
    close: () => agent.destroy(),
  }
}
