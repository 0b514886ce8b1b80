import type { AnyEventObject } from 'xstate'
import { isEngineError } from '../../../machines/errors.ts'

/**
 * What an inspector gets to see of an event: which it is, of which actor, and the code of an error.
 * Inputs and outputs of actors, and what a person wrote, stay hidden; what they lead to is in the
 * context.
 */
export function shownEvent(event: AnyEventObject): AnyEventObject {
  const { type, actorId, account } = event
  return {
    type,
    ...(typeof actorId === 'string' && { actorId }),
    ...('error' in event && { error: shownError(event.error) }),
    ...(type === 'credentials.submit' && { account: { registry: account.registry } }),
  }
}

/** Anything but an `EngineError` came from the host's own code, and may hold anything. */
export function shownError(error: unknown): { code: string } {
  return { code: isEngineError(error) ? error.code : 'host-failed' }
}
