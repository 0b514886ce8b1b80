import type { RolloutStore } from '../../../adapters/queue/store.ts'
import type { RolloutChange, SavedRollout } from '../runner.ts'

const LOOK_MS = 250

interface Followed {
  listeners: Set<(change: RolloutChange) => void>
  sequence: number
  version: number
  timer?: NodeJS.Timeout
}

/**
 * Tells of records and machines that change, by looking: no event is missed, whichever connection was lost. A rollout that
 * has no listener is not looked at.
 */
export function followChanges(store: RolloutStore, onProblem: (error: unknown) => void) {
  const rollouts = new Map<string, Followed>()
  const of = (rollout: string): Followed => {
    const known = rollouts.get(rollout) ?? { listeners: new Set(), sequence: 0, version: 0 }
    rollouts.set(rollout, known)
    return known
  }
  const later = (rollout: string, followed: Followed) => {
    clearTimeout(followed.timer)
    followed.timer = setTimeout(() => {
      void look(rollout, followed)
        .catch(onProblem)
        .then(() => followed.listeners.size > 0 && later(rollout, followed))
    }, LOOK_MS)
  }
  const look = async (rollout: string, followed: Followed) => {
    const { sequence, version, listeners } = followed
    const found = await store.changes(rollout, sequence, version)
    if (!found) return
    const tell = (change: RolloutChange) => {
      for (const listener of listeners) listener(change)
    }
    // A reading of all records meanwhile has what they are since.
    if (followed.sequence === sequence) {
      followed.sequence = found.sequence
      for (const text of found.records) tell({ record: JSON.parse(text) })
    }
    if (found.saved === undefined) return
    const saved: SavedRollout = JSON.parse(found.saved)
    followed.version = saved.version
    tell({ saved })
  }
  return {
    /** Changes up to here are known. */
    start(rollout: string, sequence: number) {
      const followed = of(rollout)
      if (followed.listeners.size === 0) followed.sequence = sequence
    },
    subscribe(rollout: string, listener: (change: RolloutChange) => void): () => void {
      const followed = of(rollout)
      followed.listeners.add(listener)
      if (followed.listeners.size === 1) later(rollout, followed)
      return () => {
        followed.listeners.delete(listener)
        if (followed.listeners.size === 0) clearTimeout(followed.timer)
      }
    },
    close() {
      for (const { listeners, timer } of rollouts.values()) {
        listeners.clear()
        clearTimeout(timer)
      }
    },
  }
}
