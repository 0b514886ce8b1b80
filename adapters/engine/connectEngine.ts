import type { Agent } from 'node:http'
import type { AxiosInstance } from 'axios'
import type { axiosClient } from './axiosClient.ts'
import { type EngineAddress, parseHost } from './dockerHost.ts'
import { EngineAgent } from './engineAgent.ts'
import { type EnvironmentProxy, environmentProxy } from './environmentProxy.ts'
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
  /** An engine on TCP is reached through the proxy that `env` names for it. Default `false`. */
  proxy?: boolean
  /** Where `ssh` is found and what it runs in, and what names a proxy. Default `process.env`. */
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
 * @throws EngineError `invalid-option` for a host, a certificate, a header, a timeout or a proxy that cannot
 * be used
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
  const proxy = proxyFor(address, options)
  const agent = agentFor(address, { ...options, proxy }, timeouts.connect)
  const apart = new OneCallAgent(agent)
  let client: Promise<AxiosInstance> | undefined
  let closes = 0
  const wire = {
    async http() {
      const before = closes
      if (!client) client = loadClient(address, headers, agent)
      const loaded = await client
      // There was no socket yet whose end would have told the call.
      if (closes > before) throw Object.assign(new Error('closed'), { code: 'ECONNRESET' })
      return loaded
    },
    apart,
    host: options.name?.(host) ?? host,
    timeouts,
    secrets: [...secretsInHeaders(headers), ...(proxy?.secrets ?? [])],
    sent: [],
  }
  return {
    host: wire.host,
    address: host,
    timeouts,
    send: (request, signal) => sendRequest(wire, request, signal),
    close: () => {
      closes++
      agent.destroy()
      apart.destroy()
    },
  }
}

/** With the first call: to load axios takes longer than to load all the rest. */
async function loadClient(...client: Parameters<typeof axiosClient>): Promise<AxiosInstance> {
  // The loader that the tests run with adds a branch of its own to it.
  /* c8 ignore next */
  const { axiosClient } = await import('./axiosClient.ts')
  return axiosClient(...client)
}

function proxyFor(
  address: EngineAddress,
  { proxy = false, env = process.env }: EngineConnectionOptions,
): EnvironmentProxy | undefined {
  return proxy && 'secure' in address ? environmentProxy(address, env) : undefined
}

function agentFor(
  address: EngineAddress,
  options: Omit<EngineConnectionOptions, 'proxy'> & { proxy: EnvironmentProxy | undefined },
  connectWithin: number,
): Agent {
  if ('ssh' in address) return new SshAgent(address.ssh, options.env ?? process.env, connectWithin)
  const { tls = {}, proxy } = options
  if (!('secure' in address) || !address.secure) return new EngineAgent(connectWithin, proxy)
  return new TlsAgent({
    connectWithin,
    secureContext: secureContext(address.host, tls),
    verify: tls.verify ?? true,
    hostname: address.hostname.replace(/^\[|\]$/g, ''),
    hasExpired: tls.cert !== undefined && hasExpired(tls.cert),
    proxy,
  })
}
