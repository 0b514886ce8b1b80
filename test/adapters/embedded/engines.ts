import type { JSONMessage } from '../../../machines/plugin.ts'
import { computePrivileges } from '../../../machines/privileges.ts'
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type EmbeddedPlugin,
  type EmbeddedRegistry,
  startEmbeddedEngine,
} from '../../../src/embedded.ts'
import { type Answer, call } from './call.ts'

/** An engine at no pace for one test, closed whatever happens. */
export async function withEngine(
  options: EmbeddedEngineOptions,
  use: (engine: EmbeddedEngine) => Promise<void>,
): Promise<void> {
  const engine = await startEmbeddedEngine({ pace: 0, ...options })
  try {
    await use(engine)
  } finally {
    await engine.close()
  }
}

/** Waits until a request has come in whose path has this in it. */
export async function whenAsked(engine: EmbeddedEngine, part: string): Promise<void> {
  for (let looks = 0; looks < 1000; looks++) {
    if (engine.requests().some(({ path }) => path.includes(part))) return
    await get(engine, '/_ping')
  }
  throw new Error(`no request for ${part}`)
}

/** One registry, `registry.test`, that holds these plugins as `NAME:latest`. */
export function holding(plugins: Record<string, EmbeddedPlugin>) {
  const repositories = Object.fromEntries(
    Object.entries(plugins).map(([name, latest]) => [name, { latest }]),
  )
  return { 'registry.test': { repositories } }
}

/** The same registries behind a link on which every pull takes many steps. */
export function slowly(
  registries: Record<string, EmbeddedRegistry>,
  bytesPerSecond = 1e6,
): Record<string, EmbeddedRegistry> {
  const slow = Object.entries(registries).map(([host, registry]) => [
    host,
    { ...registry, bytesPerSecond },
  ])
  return Object.fromEntries(slow)
}

export function get({ host }: EmbeddedEngine, path: string, auth?: unknown): Promise<Answer> {
  return call(host, { method: 'GET', path, headers: authHeaders(auth) })
}

export function post(
  { host }: EmbeddedEngine,
  path: string,
  body?: unknown,
  auth?: unknown,
): Promise<Answer> {
  const text = body === undefined ? null : JSON.stringify(body)
  return call(host, { method: 'POST', path, body: text, headers: authHeaders(auth) })
}

export function remove({ host }: EmbeddedEngine, path: string): Promise<Answer> {
  return call(host, { method: 'DELETE', path })
}

/** Pulls `remote` and grants what `plugin` asks for. */
export function pull(
  engine: EmbeddedEngine,
  remote: string,
  plugin?: EmbeddedPlugin,
): Promise<Answer> {
  const granted = plugin ? computePrivileges(plugin.config) : null
  return post(engine, `/plugins/pull?remote=${remote}`, granted)
}

export function message({ body }: Answer): string {
  return JSON.parse(body).message
}

/** The lines of a pull. */
export function lines({ body }: Answer): JSONMessage[] {
  return body
    .trim()
    .split('\r\n')
    .map((line) => JSON.parse(line))
}

/** The statuses reported of one layer, each only once. */
export function statuses(answer: Answer, layer: string): (string | undefined)[] {
  return [...new Set(lines(answer).flatMap(({ id, status }) => (id === layer ? [status] : [])))]
}

/** The error line at the end of a stream. */
export function streamError(answer: Answer): string | undefined {
  return lines(answer).at(-1)?.error
}

function authHeaders(auth: unknown): Record<string, string> {
  if (auth === undefined) return {}
  const encoded = Buffer.from(JSON.stringify(auth)).toString('base64')
  return { 'X-Registry-Auth': encoded.replaceAll('+', '-').replaceAll('/', '_') }
}
