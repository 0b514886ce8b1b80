import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { defined } from '../../../machines/defined.ts'
import { EngineError } from '../../../machines/errors.ts'
import { type EngineAddress, parseHost } from './dockerHost.ts'
import { type EnvironmentProxy, environmentProxy } from './environmentProxy.ts'
import { checkHeaders } from './requestHeaders.ts'
import { completeTimeouts, type Timeouts } from './timeouts.ts'

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

/** How TLS is spoken with an engine. Certificates and keys are PEM, not names of files. */
export interface TlsOptions {
  /** `false` takes any certificate of the engine: who is in between reads everything. Default `true`. */
  verify?: boolean
  /** The only authorities that may have signed the engine's certificate. Default: those that Node.js trusts. */
  ca?: string | Buffer
  /** The client's certificate, with what else is in its chain. */
  cert?: string | Buffer
  /** The private key of the client's certificate, without a passphrase. */
  key?: string | Buffer
}

/**
 * The certificates and the key that TLS is spoken with. The key stays in it, where nothing prints it.
 *
 * @throws EngineError `invalid-option` for what is no PEM, a key with a passphrase, or one of another
 * certificate; it quotes nothing of them
 */
export function secureContext(host: string, { ca, cert, key }: TlsOptions): SecureContext {
  const refuse = (why: string): never => {
    throw new EngineError('invalid-option', `TLS with ${host} cannot be set up: ${why}`)
  }
  if ((cert === undefined) !== (key === undefined)) {
    refuse(`the client's ${cert === undefined ? 'certificate' : 'key'} is missing`)
  }
  if (ca !== undefined && !isCertificate(ca)) refuse('the certificate of the CA is invalid')
  if (cert !== undefined && !isCertificate(cert)) refuse("the client's certificate is invalid")
  if (key !== undefined) {
    const problem = problemOfKey(key)
    if (problem) refuse(problem)
  }
  try {
    return createSecureContext(defined({ ca, cert, key }))
  } catch {
    return refuse("the client's certificate and key cannot be used together")
  }
}

/** Whether a certificate was good once, by the clock of this host. */
export function hasExpired(pem: string | Buffer): boolean {
  return Date.parse(new X509Certificate(pem).validTo) < Date.now()
}

function isCertificate(pem: string | Buffer): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0 && String(pem).includes('-----BEGIN')
  } catch {
    return false
  }
}

function problemOfKey(key: string | Buffer): string | undefined {
  try {
    createPrivateKey(key)
    return undefined
  } catch {
    return String(key).includes('ENCRYPTED')
      ? "the client's key has a passphrase: store it without one"
      : "the client's key is invalid"
  }
}
