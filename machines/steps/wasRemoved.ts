import type { Engine } from '../engine.ts'
import { isEngineError } from '../errors.ts'

/** Longer than the attempts of a look at an engine that is away. An engine that remembers events answers at once. */
const WITHIN_MS = 10_000

/**
 * Whether a plugin of this name has been removed from the engine since a time of this host, as far as the engine remembers:
 * what has the name now was then not made by a pull that began before. The time is put on the engine's clock by how long ago
 * it was, and is taken as it is where the engine hides its clock. An engine that tells no events (it has started again, or a proxy
 * hides them) is no evidence.
 *
 * @param name local name of the plugin
 * @param since in ISO 8601
 * @throws EngineError `engine-unreachable`; and anything once the signal has fired
 */
export async function wasRemoved(
  engine: Engine,
  { name, since }: { name: string; since: string },
  signal: AbortSignal,
): Promise<boolean> {
  const age = Date.now() - Date.parse(since)
  if (Number.isNaN(age)) return false
  const options = { signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]) }
  try {
    const { systemTime: until = Date.now() } = await engine
      .call('systemInfo', {}, options)
      .catch((error): { systemTime?: number } => {
        if (signal.aborted || isAway(error)) throw error
        return {}
      })
    const filters = { type: ['plugin'], event: ['remove'] }
    const range = { since: until - age, until, filters }
    const events = await engine.call('systemEvents', range, options)
    return events.some((event) => event.action === 'remove' && event.name === name)
  } catch (error) {
    if (signal.aborted || isAway(error)) throw error
    return false
  }
}

function isAway(error: unknown): boolean {
  return isEngineError(error) && error.code === 'engine-unreachable'
}
