import { isEngineError } from '../errors.ts'
import { errorOf, type InstallEvent } from './events.ts'
import type { InstallContext } from './types.ts'

/**
 * Whether a pull was refused because the one that an earlier process of this run began has ended
 * meanwhile: an engine that has all of the content installs it, however long that takes.
 */
export function endedAnotherPull(
  { input }: Pick<InstallContext, 'input'>,
  event: InstallEvent,
): boolean {
  const error = errorOf(event)
  const isTaken = isEngineError(error) && error.code === 'already-exists'
  return isTaken && input.resumed?.ownership === 'uncertain'
}
