import {
  connectEngine,
  type EngineConnection,
} from '../../../adapters/engine/http/connectEngine.ts'
import {
  type EngineConnectionOptions,
  engineTarget,
} from '../../../adapters/engine/http/engineTarget.ts'

/** A connection as `connect()` makes one, with its first call. */
export function connectTo(options: EngineConnectionOptions): EngineConnection {
  return connectEngine(engineTarget(options))
}
