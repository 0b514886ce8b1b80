import type { JSONMessage } from '../../../machines/plugin.ts'

/** More than any plugin has. */
const MAX_LAYERS = 10_000
const ENDS = ['Already exists', 'Download complete', 'Complete']

/** What the lines of a pull tell of its end. */
export interface PullEnd {
  add(message: JSONMessage): void
  /** Whether nothing more is to come: the digest was told, and each layer was fetched and extracted. */
  isReached(): boolean
}

/**
 * Follows the layers of a pull to their last lines, `Download complete` and `Complete` in either order; a
 * layer that the engine has already is `Already exists` first (recordings `pull.big`, `pull.big-throttled`,
 * `pull.same-content-second-alias`).
 */
export function createPullEnd(): PullEnd {
  const layers = new Map<string, Set<string>>()
  let hasDigest = false
  return {
    add({ id = '', status = '' }) {
      hasDigest ||= status.startsWith('Digest: ')
      if (id === '' || status.startsWith('Pulling from ') || layers.size === MAX_LAYERS) return
      const told = layers.get(id) ?? new Set()
      if (ENDS.includes(status)) told.add(status)
      layers.set(id, told)
    },
    isReached: () =>
      hasDigest &&
      layers.size > 0 &&
      [...layers.values()].every(
        (told) =>
          told.has('Complete') && (told.has('Download complete') || told.has('Already exists')),
      ),
  }
}
