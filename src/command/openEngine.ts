import { readTlsFiles } from '../../adapters/docker/tlsFiles.ts'
import type { TlsOptions } from '../../adapters/engine/http/tlsOptions.ts'
import { EngineError } from '../../machines/errors.ts'
import { type ConnectedEngine, connect } from '../flow/connect.ts'
import type { EngineSelection } from './engineOptions.ts'
import type { Surroundings } from './surroundings.ts'

export interface OpenEngine {
  engine: ConnectedEngine
  close(): Promise<void>
}

/**
 * The engine to install on: the one that was named, or a simulated one in this process.
 *
 * @throws EngineError `invalid-option` when it cannot be one, `invalid-configuration` for a file of
 * Docker's that cannot be used
 */
export async function openEngine(
  { embedded, ...selection }: EngineSelection & { embedded?: boolean },
  env: Surroundings['env'],
): Promise<OpenEngine> {
  if (embedded) return openEmbeddedEngine()
  const { host, context, proxy } = selection
  const tls = readTls(selection, env)
  const engine = connect({
    env,
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(tls && { tls }),
    ...(proxy && { proxy }),
  })
  return { engine, close: async () => engine.close() }
}

/** Without flags the variables decide, which `connect` reads where they count. */
function readTls(
  { tls: flags }: EngineSelection,
  env: Surroundings['env'],
): TlsOptions | undefined {
  if (!flags) return undefined
  const tls = readTlsFiles(flags, env)
  if (tls) return tls
  throw new EngineError(
    'invalid-option',
    'a file for TLS is named, and no TLS asked for: add --tlsverify',
  )
}

async function openEmbeddedEngine(): Promise<OpenEngine> {
  const { startEmbeddedEngine } = await import('../../adapters/embedded/startEmbeddedEngine.ts')
  const embedded = await startEmbeddedEngine()
  const engine = connect({ host: embedded.host, env: {} })
  return {
    // Its registries are made up: credentials for real ones are nothing to it.
    engine: { ...engine, configured: async () => undefined },
    async close() {
      engine.close()
      await embedded.close()
    },
  }
}
