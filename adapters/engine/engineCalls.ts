import type { PluginEngine } from '../../machines/engine.ts'
import { connectEngine } from './http/connectEngine.ts'
import type { EngineTarget } from './http/engineTarget.ts'
import { type InstalledPlugins, installedPlugins } from './installedPlugins.ts'
import { pluginEngine } from './pluginEngine.ts'

/** One engine, the sockets to it, and its calls. */
export interface EngineCalls {
  /** As flows need them, with the credentials of one flow. */
  operations(authHeader: () => string | undefined): PluginEngine
  readonly plugins: InstalledPlugins
  /** Destroys the sockets; calls under way fail. */
  close(): void
}

/** All that speaks with an engine, in one piece to load. No socket is opened before the first call. */
export function engineCalls(target: EngineTarget): EngineCalls {
  const connection = connectEngine(target)
  return {
    operations: (authHeader) => pluginEngine(connection, authHeader),
    plugins: installedPlugins(connection),
    close: connection.close,
  }
}
