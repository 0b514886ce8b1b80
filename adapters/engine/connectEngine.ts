import type { Agent } from 'node:http'
import axios from 'axios'
import { type EngineAddress, parseHost } from './dockerHost.ts'
import { EngineAgent } from './engineAgent.ts'
import { OneCallAgent } from './oneCallAgent.ts'
import { checkHeaders, secretsInHeaders } from './requestHeaders.ts'
import { type EngineAnswer, type EngineRequest, sendRequest } from './sendRequest.ts'
import { SshAgent } from './sshAgent.ts'
import { completeTimeouts, type Timeouts } from './timeouts.ts'
import { TlsAgent } from './tlsAgent.ts'
import { hasExpired, secureContext, type TlsOptions } from './tlsOptions.ts'

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
  /** Its address, with what it leaves to defaults. */
  readonly address: string
  /** Destroys the sockets; calls under way fail. Idle sockets alone never keep a process alive. */
  close(): void
}

export interface EngineConnectionOptions {
  /** As `parseHost` takes it. */
  host: string
  /** How messages name the engine, from its address. Default: as it is. */
  name?: (address: string) => string
  /** TLS on `tcp://`, and how it is spoken on `https://`. */
  tls?: TlsOptions
  /** Sent with every request: secrets. */
  headers?: Readonly<Record<string, string>>
  /** Where `ssh` is found and what it runs in. Default `process.env`. */
  env?: Readonly<Record<string, string | undefined>>
  /** Whose addresses are taken. Default `process.platform`. */
  platform?: NodeJS.Platform
  timeouts?: Partial<Timeouts>
}

/** As Docker's own: there is more to do than to take a connection. */
const SSH_CONNECT_MS = 30_000

/**
 * Names an engine to talk to. Nothing is sent and no socket is opened before the first call.
 *
 * @throws EngineError `invalid-option` for a host, a certificate, a header or a timeout that cannot be used
 */
export function connectEngine(options: EngineConnectionOptions): EngineConnection {
  const { headers = {} } = options
  const address = parseHost(options.host, {
    secure: options.tls !== undefined,
    ...(options.platform ? { platform: options.platform } : {}),
  })
  const { host } = address
  checkHeaders(headers)
  const timeouts = completeTimeouts({
    ...('ssh' in address ? { connect: SSH_CONNECT_MS } : {}),
    ...options.timeouts,
  })
  const agent = agentFor(address, options, timeouts.connect)
  const apart = new OneCallAgent(agent)
  const http = axios.create({
    ...baseOf(address),
    httpAgent: agent,
    httpsAgent: agent,
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
        ...headers,
        Accept: 'application/json',
        'Accept-Encoding': false,
        'User-Agent': 'docker-plugin-flow',
      },
    },
  })
  const wire = {
    http,
    apart,
    host: options.name?.(host) ?? host,
    timeouts,
    secrets: secretsInHeaders(headers),
    sent: [],
  }
  return {
    host: wire.host,
    address: host,
    timeouts,
    send: (request, signal) => sendRequest(wire, request, signal),
    close: () => {
      agent.destroy()
      apart.destroy()
    },
  }
}

function agentFor(
  address: EngineAddress,
  options: EngineConnectionOptions,
  connectWithin: number,
): Agent {
  if ('ssh' in address) return new SshAgent(address.ssh, options.env ?? process.env, connectWithin)
  if (!('secure' in address) || !address.secure) return new EngineAgent(connectWithin)
  const { tls = {} } = options
  return new TlsAgent({
    connectWithin,
    secureContext: secureContext(address.host, tls),
    verify: tls.verify ?? true,
    hostname: address.hostname.replace(/^\[|\]$/g, ''),
    hasExpired: tls.cert !== undefined && hasExpired(tls.cert),
  })
}

function baseOf(address: EngineAddress) {
  if ('socketPath' in address) {
    const { socketPath } = address
    return { baseURL: 'http://docker', socketPath, allowedSocketPaths: [socketPath] }
  }
  if ('ssh' in address) return { baseURL: 'http://docker' }
  const { secure, hostname, port, prefix } = address
  return { baseURL: `${secure ? 'https' : 'http'}://${hostname}:${port}${prefix}` }
}
