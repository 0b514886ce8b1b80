import { type ConnectedEngine, connect } from '../connect.ts'
import type { EngineSelection } from './engineOptions.ts'
import type { Surroundings } from './surroundings.ts'

export interface OpenEngine {
  engine: ConnectedEngine
  close(): Promise<void>
}

/**
 * The engine to install on: the one that was named, or a simulated one in this process.
 *
 * @throws EngineError `invalid-option` when the host is not an address of an engine
 */
export async function openEngine(
  { embedded, host }: EngineSelection & { embedded?: boolean },
  env: Surroundings['env'],
): Promise<OpenEngine> {
  if (embedded) return openEmbeddedEngine()
  const engine = connect({ env, ...(host === undefined ? {} : { host }) })
  return { engine, close: async () => engine.close() }
}

async function openEmbeddedEngine(): Promise<OpenEngine> {
  const { startEmbeddedEngine } = await import('../../adapters/embedded/startEmbeddedEngine.ts')
  const embedded = await startEmbeddedEngine()
  const engine = connect({ host: embedded.host })
  return {
    // Its registries are made up: credentials for real ones are nothing to it.
    engine: { ...engine, configured: async () => undefined },
    async close() {
      engine.close()
      await embedded.close()
    },
  }
}
