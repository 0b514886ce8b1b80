import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A request as it reached the server. */
export interface ReceivedRequest {
  method: string
  /** Path and query, as sent. */
  url: string
  headers: Record<string, string | undefined>
  body: string
}

export type Handler = (
  request: ReceivedRequest,
  response: ServerResponse,
  message: IncomingMessage,
) => unknown

/** A real HTTP server in the place of an engine. */
export interface EngineServer {
  /** For `connectEngine`. */
  host: string
  /** Every request, in the order in which they came in whole. */
  requests: ReceivedRequest[]
  /** Connections that were taken so far. */
  connections(): number
  /** Resolves when the client has closed its side of a connection. */
  connectionClosed(): Promise<void>
  close(): Promise<void>
}

/** Listens on a unix socket of its own, or on a loopback port. */
export async function serveEngine(
  handler: Handler,
  { tcp = false }: { tcp?: boolean } = {},
): Promise<EngineServer> {
  const directory = mkdtempSync(join(tmpdir(), 'engine-'))
  const requests: ReceivedRequest[] = []
  let connections = 0
  let onClosed = () => {}
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve
  })
  const server = createServer(async (message, response) => {
    let body = ''
    for await (const chunk of message.setEncoding('utf8')) body += chunk
    const received: ReceivedRequest = {
      method: message.method ?? '',
      url: message.url ?? '',
      headers: message.headers as ReceivedRequest['headers'],
      body,
    }
    requests.push(received)
    await handler(received, response, message)
  })
  server.on('connection', (socket) => {
    connections++
    socket.on('error', () => {}).on('close', () => onClosed())
  })
  const path = join(directory, 'engine.sock')
  await new Promise<void>((resolve) => {
    if (tcp) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  return {
    host: tcp ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix://${path}`,
    requests,
    connections: () => connections,
    connectionClosed: () => closed,
    close: () => closeServer(server, directory),
  }
}

async function closeServer(server: Server, directory: string): Promise<void> {
  const done = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await done
  rmSync(directory, { recursive: true, force: true })
}

/** Answers a ping as engine 20.10.24 does, and everything else with `handler`. */
export function afterPing(handler: Handler): Handler {
  return (request, response, message) => {
    if (request.url !== '/_ping') return handler(request, response, message)
    answerPing(response)
  }
}

export function answerPing(
  response: ServerResponse,
  apiVersion = '1.41',
  server = '20.10.24',
): void {
  response.writeHead(200, {
    'Api-Version': apiVersion,
    'Content-Type': 'text/plain; charset=utf-8',
    ...(server === '' ? {} : { Server: `Docker/${server} (linux)` }),
  })
  response.end('OK')
}

/** An answer in JSON, as an engine ends its lines. */
export function answerJSON(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

/** A server that speaks something else than HTTP, or HTTP byte by byte. Takes what the client sends. */
export async function serveBytes(
  onData: (socket: Socket, data: Buffer, connection: number) => unknown,
): Promise<Pick<EngineServer, 'host' | 'connections' | 'close'>> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createSocketServer((socket) => {
    const connection = ++connections
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.on('data', (data) => onData(socket, data, connection))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async close() {
      const done = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await done
    },
  }
}
