import type { EngineVersion } from '../../machines/plugin.ts'
import { systemPing } from './api/systemPing.ts'
import type { EngineClient, EngineConnection } from './http/connectEngine.ts'
import { toEngineError } from './http/toEngineError.ts'
import { shareOnce } from './shareOnce.ts'
import type { Operation } from './words/operation.ts'

export interface Negotiation {
  /** `GET /_ping`, once. */
  ping(signal: AbortSignal): Promise<EngineVersion>
  /** A client whose calls use the version agreed on. */
  versioned(signal: AbortSignal): Promise<EngineClient>
}

/** The API version of a connection is agreed on with the first call, and kept. */
export function negotiate(connection: EngineConnection): Negotiation {
  const ping = shareOnce(
    (signal) => systemPing(connection, signal),
    cancelled(connection, 'systemPing'),
  )
  return {
    ping,
    async versioned(signal) {
      const { apiVersion } = await ping(signal)
      const { send } = connection
      return {
        ...connection,
        send: (request, signal) =>
          send({ ...request, path: `/v${apiVersion}${request.path}` }, signal),
      }
    },
  }
}

/** What a call about the engine itself rejects with when nobody waits for it any more. */
export function cancelled({ host }: EngineConnection, operation: Operation) {
  return () => toEngineError(undefined, { operation, subject: host, host }, 'cancelled')
}
