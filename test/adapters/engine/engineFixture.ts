import {
  type ConnectOptions,
  connectEngine,
  type EngineConnection,
} from '../../../adapters/engine/connectEngine.ts'
import { type EngineServer, type Handler, serveEngine } from '../../support/engineServer.ts'

/** A signal that never fires. */
export const never = new AbortController().signal

/** Runs `use` with a server and a connection to it, and closes both whatever happens. */
export async function withEngine<T>(
  handler: Handler,
  use: (connection: EngineConnection, server: EngineServer) => Promise<T>,
  { tcp = false, ...options }: ConnectOptions & { tcp?: boolean } = {},
): Promise<T> {
  const server = await serveEngine(handler, { tcp })
  const connection = connectEngine({ host: server.host, ...options })
  try {
    return await use(connection, server)
  } finally {
    connection.close()
    await server.close()
  }
}
