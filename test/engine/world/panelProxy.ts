import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy before an engine, as in a dashboard: HTTP below a path, for clients that know a header. */
export interface PanelProxy {
  /** As `docker -H` takes it. */
  readonly host: string
  /** Paths that reached the engine. */
  readonly forwarded: readonly string[]
  /** Values of the headers that were kept back. */
  readonly kept: readonly string[]
  close(): Promise<void>
}

export interface PanelOptions {
  /** Before the path of the API. */
  prefix: string
  /** Name and value of the header that it wants. */
  header: readonly [name: string, value: string]
  /** Of the engine's answers; kept back. */
  keeps: string
}

interface Onward {
  /** Of the connections to the engine. */
  agent: Agent
  /** Those of the engine's headers that are passed on. */
  tell(headers: IncomingHttpHeaders): IncomingHttpHeaders
}

/** Answers those without the header as dashboards do: with a status 401, and words in JSON. */
export async function startPanelProxy(
  enginePath: string,
  { prefix, header: [name, value], keeps }: PanelOptions,
): Promise<PanelProxy> {
  const forwarded: string[] = []
  const kept: string[] = []
  const agent = new Agent({ keepAlive: true })
  const tell = ({ [keeps.toLowerCase()]: held, ...rest }: IncomingHttpHeaders) => {
    if (held !== undefined) kept.push(String(held))
    return rest
  }
  const server = createServer((received, answer) => {
    const { url = '', headers } = received
    if (headers[name.toLowerCase()] !== value) {
      return refuse(answer, 401, 'A valid authorisation token is missing')
    }
    if (!url.startsWith(`${prefix}/`)) return refuse(answer, 404, 'There is nothing here')
    const path = url.slice(prefix.length)
    forwarded.push(path)
    void forward(enginePath, path, received, answer, { agent, tell }).catch(() => answer.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    forwarded,
    kept,
    async close() {
      const done = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await done
    },
  }
}

async function forward(
  socketPath: string,
  path: string,
  received: IncomingMessage,
  answer: ServerResponse,
  { agent, tell }: Onward,
): Promise<void> {
  // The `connection` header is not for the next connection.
  const { connection: _, ...headers } = received.headers
  const sent = request({ socketPath, method: received.method, path, headers, agent })
  sent.on('error', () => answer.destroy())
  answer.on('close', () => answer.writableFinished || sent.destroy())
  received.pipe(sent)
  const [heard] = (await once(sent, 'response')) as [IncomingMessage]
  const { connection: __, ...rest } = heard.headers
  answer.writeHead(heard.statusCode ?? 502, tell(rest))
  heard.on('error', () => answer.destroy()).pipe(answer)
}

function refuse(answer: ServerResponse, status: number, message: string): void {
  answer.writeHead(status, { 'Content-Type': 'application/json' })
  answer.end(JSON.stringify({ message, details: 'of the dashboard' }))
}
