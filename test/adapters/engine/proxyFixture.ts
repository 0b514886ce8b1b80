import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { until } from '../../engine/world/until.ts'

/** A request that a proxy received. */
export interface Asked {
  /** `HOST:PORT` */
  target: string
  headers: IncomingMessage['headers']
}

/** A proxy on a loopback port. */
export interface ConnectProxy {
  /** `HOST:PORT` */
  name: string
  asked: Asked[]
  /** Resolves with the first that it is asked for. */
  reached: Promise<void>
  /** Connections that were taken so far. */
  connections(): number
  /** Resolves once the client has closed them all. */
  left(): Promise<void>
  /** Cuts everything that goes through it now. */
  cut(): void
  close(): Promise<void>
}

export interface ConnectProxyOptions {
  /** Where every way leads. Default: to this host, with the port that is asked for. */
  to?: { path: string }
  /** Of the proxy itself. */
  tls?: ServerOptions
  /** In place of opening the way. */
  answer?: (socket: Duplex, asked: Asked) => unknown
}

/** Opens every way that it is asked for, whatever the name of the host. */
export async function serveProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let onReached = () => {}
  const reached = new Promise<void>((resolve) => {
    onReached = resolve
  })
  const server = options.tls ? createSecureServer(options.tls) : createServer()
  server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const wish = { target: request.url ?? '', headers: request.headers }
    asked.push(wish)
    onReached()
    socket.on('error', () => {})
    if (options.answer) {
      // The socket has to be read, or the end of the client goes unnoticed.
      socket.on('end', () => socket.end()).resume()
      return void options.answer(socket, wish)
    }
    open(socket, head, options.to ?? { port: Number(wish.target.replace(/^.*:/, '')) })
  })
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    name: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    reached,
    connections: () => connections,
    left: () => until('nothing goes through the proxy', () => sockets.size === 0),
    cut,
    async close() {
      const done = new Promise((resolve) => server.close(resolve))
      cut()
      await done
    },
  }
}

function open(socket: Duplex, head: Buffer, to: { path: string } | { port: number }): void {
  const engine = connect('path' in to ? to : { ...to, host: '127.0.0.1' })
  engine.on('error', () => socket.destroy()).on('close', () => socket.destroy())
  socket.on('close', () => engine.destroy())
  engine.on('connect', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    engine.write(head)
    engine.pipe(socket).pipe(engine)
  })
}
