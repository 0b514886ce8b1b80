import type { ClientRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { peerTimer } from '../../process/peerTimer.ts'
import { ConnectFailure, type Obstacle, transportFailure } from '../words/transportFailures.ts'
import type { EnvironmentProxy } from './environmentProxy.ts'
import { http } from './httpModules.ts'

/**
 * One connection through a proxy (`CONNECT`, RFC 9110, section 9.3.6), in the place of a socket. It tells
 * `connect` once the proxy has opened the way, and holds what is written until then. An end before that
 * is an error that says why; one after it is as that of a socket.
 */
export class ProxyTunnel extends Duplex {
  readonly #proxy: EnvironmentProxy
  readonly #asked: ClientRequest
  readonly #stopClock: () => void
  /** Once the way is open. */
  #socket: Socket | undefined
  #held: (() => void) | undefined

  /** @param openWithin milliseconds until the way is open */
  constructor(proxy: EnvironmentProxy, openWithin: number) {
    // As a socket: with its other side gone it is of no use to the pool.
    super({ allowHalfOpen: false })
    this.#proxy = proxy
    this.#stopClock = peerTimer(openWithin, () => this.#fail(TOO_SLOW))
    this.#asked = ask(proxy)
      .on('connect', ({ statusCode = 0 }, socket, head) => {
        if (statusCode >= 200 && statusCode <= 299) return this.#take(socket, head)
        socket.destroy()
        this.#fail(refusal(proxy, statusCode))
      })
      .on('error', (error) => this.#fail(noAnswer(error)))
  }

  #take(socket: Socket, head: Buffer): void {
    this.#stopClock()
    this.#socket = socket
    if (head.length > 0) socket.unshift(head)
    socket
      .on('data', (chunk: Buffer) => {
        if (!this.push(chunk)) socket.pause()
      })
      .on('end', () => this.push(null))
      .on('error', (error) => this.destroy(error))
    this.emit('connect')
    this.#held?.()
  }

  #fail({ code, why }: Obstacle): void {
    this.destroy(new ConnectFailure({ code, why: `the proxy ${this.#proxy.name} ${why}` }))
  }

  override _read(): void {
    this.#socket?.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error) => void): void {
    const socket = this.#socket
    if (socket) socket.write(chunk, encoding, (error) => done(error ?? undefined))
    else this.#held = () => this._write(chunk, encoding, done)
  }

  override _final(done: () => void): void {
    this.#socket?.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopClock()
    this.#asked.destroy()
    this.#socket?.destroy()
    done(error)
  }

  // The methods that the pool of an agent and an HTTP client call on a socket.

  ref(): this {
    this.#socket?.ref()
    return this
  }

  unref(): this {
    this.#socket?.unref()
    return this
  }

  destroySoon(): this {
    return this.destroy()
  }

  setTimeout(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }
}

const TOO_SLOW: Obstacle = { code: 'engine-unreachable', why: 'did not open the way in time' }

/** Statuses of a client's fault that may pass all the same, and the one of a server's that does not. */
const PASSES: readonly number[] = [408, 425, 429]
const NOT_IMPLEMENTED = 501

function refusal({ variable, authorization }: EnvironmentProxy, status: number): Obstacle {
  const mayPass = PASSES.includes(status) || (status >= 500 && status !== NOT_IMPLEMENTED)
  const code = mayPass ? 'engine-unreachable' : 'engine-access-denied'
  if (status !== 407) return { code, why: `does not let it through (status ${status})` }
  const why =
    authorization === undefined
      ? `wants a user and a password: put them into ${variable}, as http://USER:PASSWORD@HOST:PORT`
      : `does not take the user and the password in ${variable}`
  return { code, why }
}

function noAnswer({ code = '', message }: NodeJS.ErrnoException): Obstacle {
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { code: 'engine-unreachable', why: 'hung up' }
  if (code.startsWith('HPE_')) {
    return { code: 'engine-protocol', why: 'answers with something that is no HTTP' }
  }
  const obstacle = transportFailure(code, message)
  return { ...obstacle, why: `cannot be used: ${obstacle.why}` }
}

function ask(proxy: EnvironmentProxy): ClientRequest {
  const { hostname, port, target, authorization, secure } = proxy
  const options = {
    method: 'CONNECT',
    path: target,
    host: hostname,
    port,
    agent: false as const,
    // Whatever the environment says of checks: who has the password is known.
    rejectUnauthorized: true,
    // The Host header names the engine, and would be taken for the name of the proxy.
    servername: isIP(hostname) ? '' : hostname,
    headers: {
      Host: target,
      'User-Agent': 'docker-plugin-flow',
      ...(authorization === undefined ? {} : { 'Proxy-Authorization': authorization }),
    },
  }
  return (secure ? secureRequest(options) : http.request(options)).end()
}
