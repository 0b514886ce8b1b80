import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Plugin } from '../../machines/plugin.ts'
import { answerRequest } from './answerRequest.ts'
import type { EmbeddedPlugin, EmbeddedRegistry } from './definePlugin.ts'
import type { EngineReply, EngineRequest } from './exchange.ts'
import type { PluginProcess, PluginUses } from './pluginStore.ts'
import type { DiskState } from './simulatedDisk.ts'
import { SimulatedEngine, type SimulationOptions } from './simulatedEngine.ts'

export interface EmbeddedEngineOptions extends SimulationOptions {
  /** Where to listen. Default: a socket in a private folder of its own, removed by `close`. */
  socketPath?: string
  /** A TCP port on 127.0.0.1 in place of a socket; 0 takes any free one. */
  port?: number
}

/** A request as it was received, with its credentials removed. */
export interface RecordedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface EmbeddedEngine {
  /** `unix:///…` or `tcp://127.0.0.1:…` */
  readonly host: string
  /** Copies of the plugins that are installed now. */
  plugins(): Plugin[]
  /** The settings that the process of a plugin was given when it was started; `undefined` where none runs. */
  process(name: string): PluginProcess | undefined
  /**
   * Has a tag name this content, as a publisher who pushes a new version, or moves the tag.
   *
   * @param reference e.g. `registry.example.com/acme/volume:2.0`; its registry is one of `registries`
   */
  publish(reference: string, plugin: EmbeddedPlugin): void
  /** Changes a registry at once: `{ reachable: false }` makes it go away, also for a pull under way. */
  changeRegistry(host: string, changes: Partial<EmbeddedRegistry>): void
  /** Changes the disk of the engine: `{ free: 0 }` fills it. */
  changeDisk(changes: Partial<DiskState>): void
  /** Has volumes and containers use a plugin; `disable.in-use` is what an engine says to that. */
  use(name: string, uses: Partial<PluginUses>): void
  /** The engine dies, which ends every connection, and starts again with the plugins on its disk. */
  restart(): Promise<void>
  /** The last requests, oldest first; at most 1000. */
  requests(): readonly RecordedRequest[]
  /** Ends every connection and every running request, then removes the socket. */
  close(): Promise<void>
}

const MAX_REQUESTS = 1000

/** The longest path that every system accepts; Node.js truncates a longer one and listens elsewhere. */
const MAX_SOCKET_PATH_BYTES = 103

/**
 * Starts a simulated Docker Engine in this process. It speaks the Engine API of a 20.10.24 for
 * plugins, on a unix socket or a loopback port, and says in its `Server` header and in
 * `GET /version` that it is a simulation. Nothing is downloaded and no plugin is run.
 *
 * Rejects when it cannot listen, with one sentence that says where and why.
 */
export async function startEmbeddedEngine(
  options: EmbeddedEngineOptions = {},
): Promise<EmbeddedEngine> {
  const closing = new AbortController()
  const engine = new SimulatedEngine(options, closing.signal)
  const requests: RecordedRequest[] = []
  const running = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    requests.push(recordRequest(request))
    if (requests.length > MAX_REQUESTS) requests.shift()
    const answer = answerRequest(engine, toRequest(request), toReply(response))
    running.add(answer)
    void answer.finally(() => running.delete(answer))
  })
  // The engine never closes an idle connection either.
  server.keepAliveTimeout = 0
  const { host, leave } = await listen(server, options)
  let closed: Promise<void> | undefined
  const close = async () => {
    closing.abort()
    const ended = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await Promise.all([ended, ...running])
    await leave()
  }
  return {
    host,
    process: (name) => structuredClone(engine.store.find(name).process),
    publish: (reference, plugin) => engine.registries.publish(reference, plugin),
    changeRegistry: (host, changes) => engine.registries.change(host, changes),
    changeDisk: (changes) => Object.assign(engine.store.disk.state, changes),
    use: (name, uses) => {
      engine.store.find(name).uses = { volumes: [], containers: [], ...uses }
    },
    restart: () =>
      engine.restart(() => {
        server.closeAllConnections()
        return Promise.all(running)
      }),
    plugins: () => engine.store.all().map(({ plugin }) => structuredClone(plugin)),
    requests: () => [...requests],
    close: () => (closed ??= close()),
  }
}

function toRequest(request: IncomingMessage): EngineRequest {
  return {
    method: String(request.method),
    url: String(request.url),
    auth: request.headers['x-registry-auth'] as string | undefined,
    async body() {
      let text = ''
      request.setEncoding('utf8')
      for await (const chunk of request) text += chunk
      return text
    },
  }
}

/** The way back over HTTP. */
export function toReply(response: ServerResponse): EngineReply {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // Every layer of a pull waits for the same.
  let drained: Promise<unknown> | undefined
  return {
    gone: gone.signal,
    head: (status, headers) => response.writeHead(status, headers),
    async write(text) {
      if (response.write(text)) return
      drained ??= once(response, 'drain', { signal: gone.signal }).finally(() => {
        drained = undefined
      })
      await drained
    },
    end: (text) => response.end(text),
    drop: () => response.destroy(),
  }
}

interface Listening {
  host: string
  /** Removes the private folder, if there is one. */
  leave: () => Promise<void>
}

async function listen(
  server: Server,
  { socketPath, port }: EmbeddedEngineOptions,
): Promise<Listening> {
  const leave = async () => {}
  if (port !== undefined) {
    await bind(server, { host: '127.0.0.1', port }, `127.0.0.1:${port}`)
    return { host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, leave }
  }
  if (socketPath !== undefined) {
    await bind(server, { path: socketPath }, socketPath)
    return { host: `unix://${socketPath}`, leave }
  }
  return listenInPrivate(server)
}

async function listenInPrivate(server: Server): Promise<Listening> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-plugin-flow-'))
  const leave = () => rm(folder, { recursive: true })
  const path = join(folder, 'docker.sock')
  try {
    await bind(server, { path }, path)
  } catch (error) {
    await leave()
    throw error
  }
  return { host: `unix://${path}`, leave }
}

async function bind(server: Server, options: ListenOptions, where: string): Promise<void> {
  const refuse = (why: string) =>
    new Error(`The embedded engine cannot listen on ${where}: ${why}.`)
  if (Buffer.byteLength(where) > MAX_SOCKET_PATH_BYTES) {
    throw refuse(`a socket path has at most ${MAX_SOCKET_PATH_BYTES} bytes`)
  }
  server.listen(options)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw refuse(code === 'EADDRINUSE' ? 'it is already in use' : message)
  }
}

function recordRequest({ method, url, rawHeaders }: IncomingMessage): RecordedRequest {
  const headers: Record<string, string> = {}
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = String(rawHeaders[at])
    const secret = /^(x-registry-auth|authorization)$/i.test(name)
    headers[name] = secret ? '(removed)' : String(rawHeaders[at + 1])
  }
  return { method: String(method), path: String(url), headers }
}
