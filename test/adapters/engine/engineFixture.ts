import type { EngineConnection } from '../../../adapters/engine/http/connectEngine.ts'
import type { EngineConnectionOptions } from '../../../adapters/engine/http/engineTarget.ts'
import {
  answerJSON,
  answerPing,
  type EngineServer,
  type Handler,
  serveEngine,
} from '../../support/engineServer.ts'
import { connectTo } from './connectTo.ts'

/** A signal that never fires. */
export const never = new AbortController().signal

/** Runs `use` with a server and a connection to it, and closes both whatever happens. */
export async function withEngine<T>(
  handler: Handler,
  use: (connection: EngineConnection, server: EngineServer) => Promise<T>,
  { tcp = false, ...options }: Partial<EngineConnectionOptions> & { tcp?: boolean } = {},
): Promise<T> {
  const server = await serveEngine(handler, { tcp })
  const connection = connectTo({ host: server.host, ...options })
  try {
    return await use(connection, server)
  } finally {
    connection.close()
    await server.close()
  }
}

/** What `willing` says is behind every reference. */
export const digest = `sha256:${'c5'.repeat(32)}`
const plugin = { Id: 'e3d9'.repeat(16), Name: 'probe:1.0', Enabled: false, Config: {} }

/** An engine on which every call succeeds. */
export const willing: Handler = (request, response) => {
  if (request.url === '/_ping') return answerPing(response)
  if (request.url.includes('/distribution/')) {
    return answerJSON(response, 200, { Descriptor: { digest } })
  }
  if (request.url.includes('/plugins/pull')) return response.end('{"status":"done"}\r\n')
  if (request.url.includes('/privileges')) return answerJSON(response, 200, null)
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
