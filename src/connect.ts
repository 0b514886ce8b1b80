import { readDockerConfig } from '../adapters/credentials/dockerConfig.ts'
import { type ConnectOptions, connectEngine } from '../adapters/engine/connectEngine.ts'
import { pluginEngine } from '../adapters/engine/pluginEngine.ts'
import type { Engine } from './types.ts'

/**
 * Names the engine that plugins are installed on. Nothing is sent before a flow starts; credentials
 * come from the Docker configuration (`DOCKER_CONFIG`, else `~/.docker`).
 *
 * @throws EngineError `invalid-option` when the host is not an address of an engine
 */
export function connect(options: ConnectOptions = {}): Engine {
  const connection = connectEngine(options)
  const env = options.env ?? process.env
  return {
    host: connection.host,
    operations: (authHeader) => pluginEngine(connection, authHeader),
    configured: (registry) => readDockerConfig(env, registry),
    close: () => connection.close(),
  }
}
