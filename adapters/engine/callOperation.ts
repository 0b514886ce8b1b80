import { defined } from '../../machines/defined.ts'
import type { CallOptions, InputOf, OperationId, OutputOf } from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Operation } from './api/operation.ts'
import { operations } from './api/operations.ts'
import type { EngineConnection } from './http/connectEngine.ts'
import type { EngineRequest } from './http/sendRequest.ts'
import { MAX_TIMEOUT, type Timeouts } from './http/timeouts.ts'

/**
 * Makes one call of an operation.
 *
 * @param version of the API, as the path begins with it: `/v1.41`, or empty
 */
export async function callOperation<Id extends OperationId>(
  connection: Omit<EngineConnection, 'close'>,
  id: Id,
  input: InputOf<Id>,
  options: CallOptions,
  version = '',
): Promise<OutputOf<Id>> {
  const operation: Operation<Id> = operations[id]
  try {
    const request = makeRequest(connection, id, input, options, version)
    const answer = await connection.send(request, options.signal)
    options.cleanedBy?.(answer.clean.data)
    if (operation.read) return await operation.read(answer, input, options)
    await answer.nothing()
    return undefined as OutputOf<Id>
  } catch (error) {
    if (operation.isOptional && isEngineError(error) && error.code === 'not-found') {
      return undefined as OutputOf<Id>
    }
    throw withOperation(error, id)
  }
}

function makeRequest<Id extends OperationId>(
  { host, timeouts }: Omit<EngineConnection, 'close'>,
  id: Id,
  input: InputOf<Id>,
  { registryAuth }: CallOptions,
  version: string,
): EngineRequest {
  const operation: Operation<Id> = operations[id]
  const answerWithin =
    operation.answerWithin?.(timeouts, input) ?? defaultWithin(timeouts, id, input)
  return {
    context: {
      operation: id,
      subject: operation.subject?.(input) ?? host,
      host,
      ...defined({ localName: operation.localName?.(input) }),
      ...('remote' in input && registryAuth !== undefined ? { hasCredentials: true } : {}),
    },
    method: operation.method,
    path: `${version}${operation.path(input)}`,
    ...(operation.body && { json: operation.body(input, { registryAuth }) }),
    ...('remote' in input && { registryAuth }),
    answerWithin: Math.min(answerWithin, MAX_TIMEOUT),
    dedicatedConnection: operation.dedicatedConnection ?? operation.kind !== 'look',
  }
}

/** An engine answers a look that needs no registry by itself. */
function defaultWithin<Id extends OperationId>(
  { answer, inspect }: Timeouts,
  id: Id,
  input: InputOf<Id>,
): number {
  const isLocalLook = operations[id].kind === 'look' && !('remote' in input)
  return isLocalLook ? Math.min(answer, inspect) : answer
}

/** Input that is refused before it is sent is an error of the call as well. */
function withOperation(error: unknown, operation: OperationId): unknown {
  if (!isEngineError(error) || error.details.operation !== undefined) return error
  return new EngineError(error.code, error.message, { ...error.details, operation })
}
