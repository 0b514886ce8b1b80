import type { Operation } from '../../../adapters/engine/api/operation.ts'
import { operations } from '../../../adapters/engine/api/operations.ts'
import { callOperation } from '../../../adapters/engine/callOperation.ts'
import {
  connectEngine,
  type EngineConnection,
} from '../../../adapters/engine/http/connectEngine.ts'
import {
  type EngineConnectionOptions,
  type EngineTarget,
  engineTarget,
} from '../../../adapters/engine/http/engineTarget.ts'
import type { EngineRequest } from '../../../adapters/engine/http/sendRequest.ts'
import { httpEngine } from '../../../adapters/engine/httpEngine.ts'
import type { CallOptions, InputOf, OperationId, OutputOf } from '../../../machines/engine.ts'
import type { EngineVersion } from '../../../machines/plugin.ts'
import {
  answerJSON,
  answerPing,
  type EngineServer,
  type Handler,
  serveEngine,
} from '../../support/engineServer.ts'

/** A signal that never fires. */
export const never = new AbortController().signal

/** Runs `use` with a server and what is opened to it, and closes both whatever happens. */
function served<Opened extends { close(): void }>(open: (target: EngineTarget) => Opened) {
  return async <T>(
    handler: Handler,
    use: (opened: Opened, server: EngineServer) => Promise<T>,
    { tcp = false, ...options }: Partial<EngineConnectionOptions> & { tcp?: boolean } = {},
  ): Promise<T> => {
    const server = await serveEngine(handler, { tcp })
    const opened = open(engineTarget({ host: server.host, ...options }))
    try {
      return await use(opened, server)
    } finally {
      opened.close()
      await server.close()
    }
  }
}

export const withEngine = served(connectEngine)
export const withHttpEngine = served(httpEngine)

/** Makes one call, which nothing cancels unless the options say so. */
export function callOn<Id extends OperationId>(
  connection: EngineConnection,
  id: Id,
  input: InputOf<Id>,
  options: Partial<CallOptions> = {},
): Promise<OutputOf<Id>> {
  return callOperation(connection, id, input, { signal: never, ...options })
}

export function ping(connection: EngineConnection, signal = never): Promise<EngineVersion> {
  return callOn(connection, 'systemPing', {}, { signal })
}

/** A request that no operation makes. */
export function requestOf(method: EngineRequest['method'], path: string): EngineRequest {
  return {
    context: { operation: 'systemVersion', subject: 'an engine', host: 'an engine' },
    method,
    path,
    answerWithin: 5_000,
    dedicatedConnection: method !== 'GET',
  }
}

/** Inputs of the operations, by the name of the field. */
const sample: Readonly<Record<string, unknown>> = {
  remote: 'acme/probe:1.0',
  name: 'probe:1.0',
  privileges: [],
  settings: ['A=1'],
  timeout: 0,
  force: true,
  driver: 'probe:1.0',
}

/** Input with every field that a request of the operation is made of. */
function inputOf<Id extends OperationId>(id: Id): InputOf<Id> {
  const { path, body, subject, localName }: Operation<Id> = operations[id]
  const read: Record<string, unknown> = {}
  const input = new Proxy({} as InputOf<Id>, {
    get(_, field: string) {
      if (field in sample) read[field] = sample[field]
      return sample[field]
    },
  })
  for (const part of [path, body, subject, localName]) part?.(input, {})
  return read as InputOf<Id>
}

export const operationIds = Object.keys(operations) as OperationId[]
/** Some input of every operation. */
export const inputs = Object.fromEntries(operationIds.map((id) => [id, inputOf(id)])) as {
  readonly [Id in OperationId]: InputOf<Id>
}

/** The digest that `willing` reports for every reference. */
export const digest = `sha256:${'c5'.repeat(32)}`
const plugin = { Id: 'e3d9'.repeat(16), Name: 'probe:1.0', Enabled: false, Config: {} }

/** An engine on which every call succeeds. */
export const willing: Handler = (request, response) => {
  if (request.url === '/_ping') return answerPing(response)
  if (request.url.includes('/distribution/')) {
    return answerJSON(response, 200, { Descriptor: { digest } })
  }
  if (request.url.endsWith('/auth')) return answerJSON(response, 200, { Status: 'Login Succeeded' })
  if (/\/plugins\/pull\?|\/upgrade\?/.test(request.url))
    return response.end('{"status":"done"}\r\n')
  if (request.url.includes('/privileges')) return answerJSON(response, 200, null)
  if (/\/volumes\?/.test(request.url)) return answerJSON(response, 200, { Volumes: null })
  if (/\/(?:plugins|networks|nodes|containers\/json)(?:\?|$)/.test(request.url))
    return answerJSON(response, 200, [])
  if (request.url.endsWith('/info')) return answerJSON(response, 200, { ID: plugin.Id })
  if (request.url.includes('/events?')) return response.end()
  if (request.method === 'GET') return answerJSON(response, 200, plugin)
  return response.writeHead(204).end()
}

/** Answers 200 with these lines, each in a piece of its own. */
export function answerLines(...lines: unknown[]): Handler {
  return (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    for (const line of lines) response.write(`${JSON.stringify(line)}\r\n`)
    response.end()
  }
}
