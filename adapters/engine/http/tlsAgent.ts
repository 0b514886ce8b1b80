import { Agent } from 'node:https'
import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { EnvironmentProxy } from './environmentProxy.ts'
import { ProxyTunnel } from './proxyTunnel.ts'
import { withinTime } from './withinTime.ts'

export interface TlsAgentOptions {
  /** Milliseconds until the handshake is done. */
  connectWithin: number
  secureContext: SecureContext
  /** Whether the engine's certificate must be good for `hostname`. */
  verify: boolean
  hostname: string
  /** The client's certificate has. */
  hasExpired: boolean
  /** Through which everything goes. */
  proxy?: EnvironmentProxy | undefined
}

/** As `EngineAgent`, with TLS. */
export class TlsAgent extends Agent {
  readonly #options: TlsAgentOptions

  constructor(options: TlsAgentOptions) {
    super({ keepAlive: true })
    this.#options = options
  }

  override createConnection(options: ConnectionOptions): TLSSocket {
    const { secureContext, verify, hostname, hasExpired, connectWithin, proxy } = this.#options
    const tunnel = proxy && new ProxyTunnel(proxy, connectWithin)
    const socket = connect({
      ...options,
      ...(tunnel && { socket: tunnel }),
      secureContext,
      rejectUnauthorized: verify,
      // Not of the Host header, which says what is asked for and not who is spoken with.
      servername: isIP(hostname) ? '' : hostname,
      ALPNProtocols: ['http/1.1'],
    })
    if (tunnel) holdTogether(socket, tunnel)
    if (hasExpired) socket.once('error', tellExpired)
    return withinTime(socket, 'secureConnect', connectWithin)
  }
}

/** What Node.js does to a TLS socket over a stream does not get to the socket below that. */
function holdTogether(socket: TLSSocket, tunnel: ProxyTunnel): void {
  Object.assign(socket, {
    ref: () => tunnel.ref() && socket,
    unref: () => tunnel.unref() && socket,
  })
}

/** Engines say `certificate expired` of an expired one, and older ones only that it is bad. */
function tellExpired(error: NodeJS.ErrnoException): void {
  if (/ALERT.BAD.CERTIFICATE/i.test(`${error.code} ${error.message}`)) {
    error.code = 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'
  }
}
