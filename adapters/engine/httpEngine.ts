import type { CallOptions, Engine, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import { withoutDigestCrash } from './api/digestCrash.ts'
import { callOperation } from './callOperation.ts'
import { connectEngine } from './http/connectEngine.ts'
import type { EngineTarget } from './http/engineTarget.ts'
import { cancelledBeforeSent } from './http/toEngineError.ts'
import { shareOnce } from './shareOnce.ts'

/** One engine, the sockets to it, and its operations. */
export interface HttpEngine extends Engine {
  /** Destroys the sockets; calls under way fail. */
  close(): void
}

/**
 * The engine behind an address. No socket is opened before the first call. What the engine reports of
 * itself is asked for once and kept; further calls use the version of the API that was agreed on.
 */
export function httpEngine(target: EngineTarget): HttpEngine {
  const connection = connectEngine(target)
  const { host } = connection
  const once = <Id extends 'systemPing' | 'systemVersion'>(id: Id) =>
    shareOnce<OutputOf<Id>>(
      (signal) => callOperation(connection, id, {}, { signal }),
      () => cancelledBeforeSent({ operation: id, subject: host, host }),
    )
  const facts: { [Id in OperationId]?: (signal: AbortSignal) => Promise<OutputOf<Id>> } = {
    systemPing: once('systemPing'),
    systemVersion: once('systemVersion'),
  }
  const engine: Engine = {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const fact = facts[id]
      if (fact) return fact(options.signal)
      const { apiVersion } = await engine.call('systemPing', {}, options)
      return callOperation(connection, id, input, options, `/v${apiVersion}`)
    },
  }
  return { ...withoutDigestCrash(engine, host), close: connection.close }
}
