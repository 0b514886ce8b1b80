import type { DockerWarning } from '../../adapters/docker/configFile.ts'
import type { TlsOptions } from '../../adapters/engine/http/engineTarget.ts'
import { defined } from '../../machines/defined.ts'
import type { CallOptions } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { ConnectedEngine } from '../flow/connect.ts'
import type { EngineSelection } from './options/engine.ts'
import { UsageError } from './parseOptions.ts'
import { type CommandIo, report } from './processIo.ts'

export interface OpenEngine {
  engine: ConnectedEngine
  close(): Promise<void>
}

/**
 * Opens the engine that was named, or a simulated one in this process. By default a warning about Docker's
 * configuration is a line on `stderr`.
 *
 * @throws EngineError `invalid-option` for an invalid address, `invalid-configuration` for an unusable
 * Docker configuration
 */
export async function openEngine(
  { embedded, ...selection }: EngineSelection & { embedded?: boolean },
  io: Pick<CommandIo, 'env' | 'stderr'>,
  onWarning = ({ message }: DockerWarning) => report(io, `warning: ${message}`),
): Promise<OpenEngine> {
  const { env } = io
  const { connect } = await import('../flow/connect.ts')
  if (!embedded) {
    const { host, context, proxy } = selection
    const engine = connect({
      env,
      onWarning,
      ...defined({ host, context, proxy, tls: await readTls(selection, env) }),
    })
    return { engine, close: async () => engine.close() }
  }
  const { startEmbeddedEngine } = await import('../../adapters/embedded/startEmbeddedEngine.ts')
  const simulation = await startEmbeddedEngine()
  const engine = connect({ host: simulation.host, env: {} })
  return {
    // Its registries are simulated: credentials for real ones must not be looked up.
    engine: { ...engine, configured: async () => undefined },
    async close() {
      engine.close()
      await simulation.close()
    },
  }
}

/** Without TLS options `connect` reads the environment itself. */
async function readTls(
  { tls: flags }: EngineSelection,
  env: CommandIo['env'],
): Promise<TlsOptions | undefined> {
  if (!flags) return undefined
  const { readTlsFiles } = await import('../../adapters/docker/contextStore.ts')
  const tls = readTlsFiles(flags, env)
  if (tls) return tls
  throw new EngineError('invalid-option', 'a TLS file is given without TLS: add --tlsverify')
}

/** With a signal that never fires: a command without a flow is interrupted by the end of its process. */
export const untilAnswered: CallOptions = { signal: new AbortController().signal }

/**
 * Works on the engine that was named. Resolves to 0, or to 1 when the engine refuses, which is reported in
 * one line.
 *
 * @throws UsageError for an invalid address
 */
export async function withEngine(
  selection: EngineSelection,
  io: CommandIo,
  act: (engine: ConnectedEngine) => Promise<void>,
): Promise<number> {
  return succeeds(io, async () => {
    const { engine, close } = await openEngine(selection, io).catch(throwUsage)
    try {
      await act(engine)
    } finally {
      await close()
    }
  })
}

/** The same for several plugins, one after the other: the next one is tried when one fails. */
export async function forEachName(
  selection: EngineSelection & { names: readonly string[] },
  io: CommandIo,
  act: (engine: ConnectedEngine, name: string) => Promise<void>,
): Promise<number> {
  let worst = 0
  const code = await withEngine(selection, io, async (engine) => {
    for (const name of selection.names) {
      worst = Math.max(worst, await succeeds(io, () => act(engine, name)))
    }
  })
  return Math.max(code, worst)
}

async function succeeds(io: CommandIo, act: () => Promise<void>): Promise<0 | 1> {
  try {
    await act()
    return 0
  } catch (error) {
    if (!isEngineError(error)) throw error
    report(io, error.message)
    return 1
  }
}

/** Calls a function whose refusals are about what was typed. */
export function asUsage<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    return throwUsage(error)
  }
}

function throwUsage(error: unknown): never {
  const isUsage = isEngineError(error) && ['invalid-option', 'invalid-setting'].includes(error.code)
  throw isUsage ? new UsageError(error.message) : error
}
