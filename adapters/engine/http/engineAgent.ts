import type { AgentOptions, ClientRequest } from 'node:http'
import { createConnection, isIP, type NetConnectOpts } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { peerTimer } from '../../process/peerTimer.ts'
import { lend, openConnection, takeBack } from './connections.ts'
import { withoutBrackets } from './dockerHost.ts'
import type { EngineTarget, TargetTls } from './engineTarget.ts'
import { http } from './httpModules.ts'
import { ProxyTunnel } from './proxyTunnel.ts'
import { SshStream, sshArguments } from './sshStream.ts'

export type Dial = (options: NetConnectOpts & ConnectionOptions) => Duplex

/** Gives an HTTP client the connections that `dial` opens, and keeps them for its next calls. */
export class EngineAgent extends http.Agent {
  readonly #dial: Dial

  constructor(dial: Dial) {
    // Node.js looks for a name for TLS otherwise, with a pattern that takes 10 ms to compile.
    super({ keepAlive: true, servername: '' } as AgentOptions)
    this.#dial = dial
  }

  override createConnection(options: NetConnectOpts & ConnectionOptions): Duplex {
    return openConnection(() => this.#dial(options))
  }

  // Its answer decides whether the connection is kept, which the type of Node.js does not tell.
  override keepSocketAlive(connection: Duplex): boolean {
    lend(connection)
    const isKept: unknown = super.keepSocketAlive(connection)
    return isKept === true
  }

  override reuseSocket(connection: Duplex, request: ClientRequest): void {
    takeBack(connection)
    super.reuseSocket(connection, request)
  }
}

/** How connections to an engine are opened; one that is not open within `timeouts.connect` is given up. */
export function dialer({ address, tls, proxy, env, timeouts }: EngineTarget): Dial {
  const limitMs = timeouts.connect
  if ('ssh' in address) {
    const args = sshArguments(address.ssh, limitMs)
    return () => {
      const stream = new SshStream({ args, env, platform: process.platform })
      // The process of ssh keeps this one alive, unless no call needs it yet.
      return withinTime(stream, 'connect', limitMs, false)
    }
  }
  if ('secure' in address && tls) {
    const hostname = withoutBrackets(address.hostname)
    return (options) => {
      const tunnel = proxy && new ProxyTunnel(proxy, limitMs)
      return withinTime(dialTls(options, hostname, tls, tunnel), 'secureConnect', limitMs)
    }
  }
  if (proxy) return () => new ProxyTunnel(proxy, limitMs)
  return (options) => withinTime(createConnection(options), 'connect', limitMs)
}

function dialTls(
  options: ConnectionOptions,
  hostname: string,
  { secureContext, verify, hasExpired }: TargetTls,
  tunnel: ProxyTunnel | undefined,
): TLSSocket {
  const socket = connect({
    ...options,
    ...(tunnel && { socket: tunnel }),
    secureContext,
    rejectUnauthorized: verify,
    // Not of the Host header, which says what is asked for and not who is spoken with.
    servername: isIP(hostname) ? '' : hostname,
    ALPNProtocols: ['http/1.1'],
  })
  if (tunnel) {
    // A call on a TLS socket over a stream does not get to the socket below that.
    Object.assign(socket, {
      ref: () => tunnel.ref() && socket,
      unref: () => tunnel.unref() && socket,
    })
  }
  if (hasExpired) socket.once('error', tellExpired)
  return socket
}

/** Engines say `certificate expired` of an expired one, and older ones only that it is bad. */
function tellExpired(error: NodeJS.ErrnoException): void {
  if (/ALERT.BAD.CERTIFICATE/i.test(`${error.code} ${error.message}`)) {
    error.code = 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED'
  }
}

/** Gives up on a connection that has not told `event` after so many milliseconds. */
function withinTime(
  connection: Duplex,
  event: 'connect' | 'secureConnect',
  milliseconds: number,
  holds = true,
): Duplex {
  const giveUp = () => {
    connection.destroy(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }))
  }
  const stop = peerTimer(milliseconds, giveUp, holds)
  return connection.once(event, stop).once('close', stop)
}
