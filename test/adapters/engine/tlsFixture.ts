import type { IncomingHttpHeaders } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { answerPing } from '../../support/engineServer.ts'

/** An engine behind TLS, on a loopback port. */
export interface SecureEngine {
  /** For `connectEngine`, by address. */
  host: string
  port: number
  /** The headers of every request. */
  requests: IncomingHttpHeaders[]
  /** Of every handshake that was done: the name that was asked for, and the protocol on top. */
  handshakes: { servername: string; protocol: string }[]
  close(): Promise<void>
}

export interface SecureEngineOptions extends ServerOptions {
  /** `false`: requests are taken, and nothing is said. */
  answers?: boolean
}

/** Answers every request as an engine answers a ping. */
export async function serveSecureEngine({
  answers = true,
  ...options
}: SecureEngineOptions): Promise<SecureEngine> {
  const requests: SecureEngine['requests'] = []
  const handshakes: SecureEngine['handshakes'] = []
  const server = createServer(
    { ALPNProtocols: ['h2', 'http/1.1'], ...options },
    (message, answer) => {
      requests.push(message.headers)
      if (answers) answerPing(answer)
    },
  )
  server.on('secureConnection', (socket: TLSSocket & { servername?: string | false }) => {
    handshakes.push({
      servername: socket.servername || '',
      protocol: String(socket.alpnProtocol),
    })
  })
  server.on('connection', (socket) => socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `tcp://127.0.0.1:${port}`,
    port,
    requests,
    handshakes,
    async close() {
      const done = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await done
    },
  }
}
