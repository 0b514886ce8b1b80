import { EngineError } from '../../machines/errors.ts'
import { untilAborted } from '../../machines/retry.ts'
import type { Engine } from './types.ts'

/** The right to pull under a name, of one flow at a time. */
type PullLock = ReturnType<typeof createLock>

const locks = new WeakMap<Engine, PullLock>()

/**
 * The lock that all flows on one engine share. Two pulls of one name at once fetch everything twice, and
 * engine 20.10.24, which looks whether a name is free some time before it takes it, can give it to both.
 */
export function pullLock(engine: Engine): PullLock {
  const known = locks.get(engine) ?? createLock()
  locks.set(engine, known)
  return known
}

function createLock() {
  /** By name: resolves when everybody who asked so far has released it. */
  const releases = new Map<string, Promise<void>>()
  return {
    /**
     * Resolves to a function that releases the lock. Flows get it in the order in which they asked.
     *
     * @throws EngineError `cancelled` once the signal has fired
     */
    async acquire(name: string, signal: AbortSignal): Promise<() => void> {
      const before = releases.get(name) ?? Promise.resolve()
      let release = () => {}
      const own = new Promise<void>((resolve) => {
        release = resolve
      })
      const all = before.then(() => own)
      releases.set(name, all)
      void all.then(() => {
        if (releases.get(name) === all) releases.delete(name)
      })
      try {
        await untilAborted(() => before, signal, cancelled)
      } catch (error) {
        release()
        throw error
      }
      return release
    },
  }
}

function cancelled(): EngineError {
  return new EngineError('cancelled', 'the wait for the pull of another flow was cancelled')
}
