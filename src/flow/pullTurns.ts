import { EngineError } from '../../machines/errors.ts'
import { untilAborted } from '../../machines/untilAborted.ts'
import type { Engine } from './types.ts'

/** Who pulls under which name of one engine. */
export interface PullTurns {
  /**
   * Resolves, once nobody else pulls under this name, to what ends the turn. Turns come in the order
   * in which they were asked for.
   *
   * @throws EngineError `cancelled` once the signal has fired
   */
  take(name: string, signal: AbortSignal): Promise<() => void>
}

const turns = new WeakMap<Engine, PullTurns>()

/**
 * The turns of all flows on one engine. Two pulls of one name at once fetch everything twice, and
 * engine 20.10.24, which looks whether a name is free some time before it takes it, can give it to both.
 */
export function pullTurns(engine: Engine): PullTurns {
  const known = turns.get(engine) ?? createTurns()
  turns.set(engine, known)
  return known
}

function createTurns(): PullTurns {
  /** By name: resolves when every turn so far has ended. */
  const ends = new Map<string, Promise<void>>()
  return {
    async take(name, signal) {
      const before = ends.get(name) ?? Promise.resolve()
      let end = () => {}
      const own = new Promise<void>((resolve) => {
        end = resolve
      })
      const all = before.then(() => own)
      ends.set(name, all)
      void all.then(() => {
        if (ends.get(name) === all) ends.delete(name)
      })
      try {
        await untilAborted(() => before, signal, cancelled)
      } catch (error) {
        end()
        throw error
      }
      return end
    },
  }
}

function cancelled(): EngineError {
  return new EngineError('cancelled', 'the wait for the pull of another flow was cancelled')
}
