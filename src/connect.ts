import { readDockerConfig } from '../adapters/credentials/dockerConfig.ts'
import { type ConnectOptions, connectEngine } from '../adapters/engine/connectEngine.ts'
import { type InstalledPlugins, installedPlugins } from '../adapters/engine/installedPlugins.ts'
import { pluginEngine } from '../adapters/engine/pluginEngine.ts'
import type { Engine } from './types.ts'

/** An engine that `connect()` made. */
export interface ConnectedEngine extends Engine {
  /** What is on it: to be looked at, and changed, outside of a flow. */
  readonly plugins: InstalledPlugins
}

/**
 * Names the engine that plugins are installed on. Nothing is sent before a flow starts; credentials
 * come from Docker's own configuration and the credential helpers that it names.
 *
 * @throws EngineError `invalid-option` when the host is not an address of an engine
 */
export function connect(options: ConnectOptions = {}): ConnectedEngine {
  const connection = connectEngine(options)
  const env = options.env ?? process.env
  return {
    host: connection.host,
    operations: (authHeader) => pluginEngine(connection, authHeader),
    plugins: installedPlugins(connection),
    configured: (registry, signal) => readDockerConfig(env, registry, signal),
    close: () => connection.close(),
  }
}
