import { once } from 'node:events'
import { rmSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http'
import type { PluginPrivilege } from '../../../machines/plugin.ts'

type Privileges = readonly PluginPrivilege[] | null

/** Where the proxy departs from the truth. An absent one goes through as it is. */
export interface Lies {
  /** The answer to `GET /plugins/privileges`. */
  privileges?: (told: Privileges) => Privileges
  /** The privileges granted, as the engine gets them in the body of `POST /plugins/pull`. */
  granted?: (told: Privileges) => Privileges
  /** The headers that go on to the engine. */
  headers?: (headers: OutgoingHttpHeaders, method: string, path: string) => OutgoingHttpHeaders
  /** A request waits for it, and never reaches the engine when its client goes before. */
  hold?: (method: string, path: string) => Promise<void> | undefined
  /**
   * Cuts the connection once a match of it has passed, else in place of the answer's end; `answer`
   * cuts in place of the whole of it. The engine has done its work by then.
   */
  cut?: (method: string, path: string) => RegExp | 'answer' | undefined
}

export interface LyingProxy {
  /** As `docker -H` takes it. */
  readonly host: string
  /** `METHOD PATH` of every request, without the API version. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

/** Stands between a client and an engine, on a unix socket of its own, and lies as it was given. */
export async function startLyingProxy(
  enginePath: string,
  socketPath: string,
  lies: Lies,
): Promise<LyingProxy> {
  const requests: string[] = []
  const server = createServer((received, answer) => {
    const line = `${received.method} ${plainPath(received)}`
    requests.push(line)
    void forward(enginePath, lies, received, answer).catch(() => answer.destroy())
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    host: `unix://${socketPath}`,
    requests,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      rmSync(socketPath, { force: true })
    },
  }
}

async function forward(
  enginePath: string,
  lies: Lies,
  received: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  answer.on('close', () => gone.abort())
  const method = received.method ?? 'GET'
  const path = plainPath(received)
  const held = lies.hold?.(method, path)
  if (held) await Promise.race([held, once(gone.signal, 'abort')])
  if (gone.signal.aborted) return

  const told = await readAll(received)
  const isPull = method === 'POST' && path.startsWith('/plugins/pull')
  const body = isPull && lies.granted ? retell(told, lies.granted) : told
  const headers = { ...received.headers, 'content-length': body.length }
  const sent = request({
    socketPath: enginePath,
    method,
    path: received.url ?? '/',
    headers: lies.headers?.(headers, method, path) ?? headers,
    agent: false,
    signal: gone.signal,
  })
  sent.end(body)
  const [heard] = (await once(sent, 'response')) as [IncomingMessage]
  if (path.startsWith('/plugins/privileges') && lies.privileges && heard.statusCode === 200) {
    const lie = retell(await readAll(heard), lies.privileges)
    answer.writeHead(200, { ...heard.headers, 'content-length': lie.length }).end(lie)
    return
  }
  const cut = lies.cut?.(method, path)
  if (cut === 'answer') return void answer.destroy()
  const { connection: _, 'transfer-encoding': __, ...rest } = heard.headers
  answer.writeHead(heard.statusCode ?? 502, rest)
  answer.flushHeaders()
  heard.on('error', () => answer.destroy())
  if (cut === undefined) heard.pipe(answer)
  else await passUntil(cut, heard, answer)
}

async function passUntil(
  cut: RegExp,
  heard: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  let passed = ''
  for await (const chunk of heard) {
    answer.write(chunk)
    passed += chunk
    if (cut.test(passed)) break
  }
  answer.destroy()
}

function plainPath({ url = '/' }: IncomingMessage): string {
  return url.replace(/^\/v\d+\.\d+(?=\/)/, '')
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function retell(told: Buffer, lie: (told: Privileges) => Privileges): Buffer {
  return Buffer.from(JSON.stringify(lie(JSON.parse(told.toString()))))
}
