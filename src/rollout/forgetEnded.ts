import { KEPT } from '../../adapters/journal/files.ts'
import { readSaved } from './conduct.ts'
import type { Runner, SavedRollout } from './runner.ts'

/**
 * Forgets the rollouts that have ended longer ago, or that are more, than is kept of them. One that has not ended stays, and so
 * does one that cannot be read: it may not have ended.
 *
 * @param now milliseconds since the epoch
 */
export async function forgetEnded(runner: Runner, now: number): Promise<void> {
  const oldest = now - KEPT.ms
  const all = (await runner.rollouts()).map(async (id) => {
    const saved = await runner.load(id)
    return saved && hasEnded(saved) ? [{ id, saved }] : []
  })
  const ended = (await Promise.all(all)).flat()
  for (const [place, { id, saved }] of ended.entries()) {
    if (place < KEPT.count && (saved.at ?? now) >= oldest) continue
    await runner.remove(id, saved.version).catch(() => false)
  }
}

function hasEnded(saved: SavedRollout): boolean {
  try {
    return readSaved(saved).hasTag('ended')
  } catch {
    return false
  }
}
