import type { SecureContext } from 'node:tls'
import { type EngineAddress, parseHost } from './dockerHost.ts'
import { type EnvironmentProxy, environmentProxy } from './environmentProxy.ts'
import { checkHeaders } from './requestHeaders.ts'
import { completeTimeouts, type Timeouts } from './timeouts.ts'
import { hasExpired, secureContext, type TlsOptions } from './tlsOptions.ts'

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
  env?: NodeJS.ProcessEnv
  /** Whose addresses are taken. Default `process.platform`. */
  platform?: NodeJS.Platform
  timeouts?: Partial<Timeouts>
}

/** How TLS is spoken, with certificates that can be used. */
export interface TargetTls {
  secureContext: SecureContext
  verify: boolean
  /** The client's certificate has. */
  hasExpired: boolean
}

/** An engine to connect to, with everything about it that can be checked before. */
export interface EngineTarget {
  address: EngineAddress
  /** As messages name it. */
  host: string
  tls?: TargetTls
  proxy?: EnvironmentProxy
  /** Secrets. */
  headers: Readonly<Record<string, string>>
  env: NodeJS.ProcessEnv
  timeouts: Timeouts
}

/** As Docker's own: there is more to do than to take a connection. */
const SSH_CONNECT_MS = 30_000
/** A call may have to wait for its connection first. */
const SSH_INSPECT_MS = 40_000

/**
 * @throws EngineError `invalid-option` for a host, a certificate, a header, a timeout or a proxy that cannot
 * be used
 */
export function engineTarget(options: EngineConnectionOptions): EngineTarget {
  const { headers = {}, env = process.env, proxy = false } = options
  const address = parseHost(options.host, {
    secure: options.tls !== undefined,
    ...(options.platform ? { platform: options.platform } : {}),
  })
  checkHeaders(headers)
  const timeouts = completeTimeouts({
    ...('ssh' in address ? { connect: SSH_CONNECT_MS, inspect: SSH_INSPECT_MS } : {}),
    ...options.timeouts,
  })
  const tcp = 'secure' in address ? address : undefined
  const through = proxy && tcp ? environmentProxy(tcp, env) : undefined
  return {
    address,
    host: options.name?.(address.host) ?? address.host,
    ...(tcp?.secure ? { tls: targetTls(tcp.host, options.tls) } : {}),
    ...(through ? { proxy: through } : {}),
    headers,
    env,
    timeouts,
  }
}

function targetTls(host: string, options: TlsOptions = {}): TargetTls {
  return {
    secureContext: secureContext(host, options),
    verify: options.verify ?? true,
    hasExpired: options.cert !== undefined && hasExpired(options.cert),
  }
}
