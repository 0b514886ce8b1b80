import type { CallOptions, Engine, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import { wantedVersion } from './api/apiVersion.ts'
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
  /** What the engine has asked for, where it is not what its ping says. */
  let agreed: string | undefined
  const engine: Engine = {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const fact = facts[id]
      if (fact) return fact(options.signal)
      const { apiVersion } = await engine.call('systemPing', {}, options)
      const version = agreed ?? apiVersion
      const callBy = (by: string) => callOperation(connection, id, input, options, `/v${by}`)
      try {
        return await callBy(version)
      } catch (error) {
        const wanted = wantedVersion(error)
        if (wanted === undefined || wanted === version) throw error
        agreed = wanted
        return callBy(wanted)
      }
    },
  }
  return { ...withoutDigestCrash(engine, host), close: connection.close }
}
