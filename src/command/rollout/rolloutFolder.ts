import { join } from 'node:path'
import { journalFolder } from '../../../adapters/journal/runJournal.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import { TARGET_STATES, type TargetRecord } from '../../../machines/rollout/records.ts'
import { statePath } from '../../../machines/statePath.ts'
import { readSaved } from '../../rollout/conduct.ts'
import { readRollout, readRollouts } from '../../rollout/embeddedRunner.ts'
import type { LocalRollout } from '../../rollout/localRunner.ts'
import type { SavedRollout } from '../../rollout/runner.ts'
import type { RolloutCounts } from '../../rollout/startRollout.ts'
import { UsageError } from '../parseOptions.ts'

/** A rollout as it was written down. */
export interface StoredRollout {
  id: string
  plan: RolloutPlan
  records: TargetRecord[]
  /** `rolling`, `monitoring.looking`; `planning` before its first step. */
  state: string
  /** Targets that are at work. */
  out: number
  /** Type of the event that led to its state. */
  event: string
}

/**
 * The folder in which rollouts are written down.
 *
 * @throws UsageError where there is no home
 */
export function rolloutFolder(env: NodeJS.ProcessEnv): string {
  const folder = journalFolder(env)
  if (folder !== undefined) return join(folder, 'rollouts')
  throw new UsageError('there is no home for rollouts: set XDG_STATE_HOME')
}

/** The newest first. */
export function listRollouts(
  folder: string,
  onDamaged?: (error: RangeError) => void,
): StoredRollout[] {
  return [...readRollouts(folder, onDamaged)].map(([id, found]) => stored(id, found)).reverse()
}

/**
 * The rollout that an id, or its beginning, means; without one the newest.
 *
 * @throws UsageError unless there is exactly one
 */
export function findRollout(folder: string, id: string | undefined): StoredRollout {
  const all = listRollouts(folder)
  const found = id === undefined ? all.slice(0, 1) : all.filter((each) => each.id.startsWith(id))
  const [one, ...others] = found.filter((each) => each.id === id).concat(found)
  if (!one) {
    throw new UsageError(
      id === undefined
        ? 'there is no rollout; plugin-flow rollout plan and start make one'
        : `there is no rollout "${id}"; plugin-flow rollout ls lists them`,
    )
  }
  if (others.every((other) => other.id === one.id)) return one
  throw new UsageError(
    `"${id}" is the beginning of several rollouts; plugin-flow rollout ls lists them`,
  )
}

/** The same rollout as it is now. */
export function readAgain(folder: string, { id }: Pick<StoredRollout, 'id'>): StoredRollout {
  return stored(id, readRollout(join(folder, id)))
}

function stored(id: string, { plan, records, saved }: LocalRollout): StoredRollout {
  return { id, plan, records, ...stateOf(saved) }
}

export function stateOf(
  saved: SavedRollout | undefined,
): Pick<StoredRollout, 'state' | 'out' | 'event'> {
  if (!saved) return { state: 'planning', out: 0, event: '' }
  const { value, context } = readSaved(saved)
  return { state: statePath(value), out: context.out.length, event: saved.event }
}

export function countRecords(records: readonly Pick<TargetRecord, 'state'>[]): RolloutCounts {
  const counts = Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as RolloutCounts
  for (const { state } of records) counts[state] += 1
  return counts
}

const ENDED: Readonly<Record<string, number>> = {
  done: 0,
  stopped: 1,
  denied: 1,
  expired: 1,
  rolledBack: 3,
}
/** Of a rollout that has not ended. */
const WAITING = 4

/** The exit status that a state stands for. What could not be taken back is a failure. */
export function exitCodeOf(
  state: string,
  { undoFailed }: Pick<RolloutCounts, 'undoFailed'>,
): number {
  if (state === 'rolledBack' && undoFailed > 0) return 1
  return ENDED[state] ?? WAITING
}

export function hasEnded(state: string): boolean {
  return Object.hasOwn(ENDED, state)
}

/** Whether nothing happens before a person does something. */
export function isAtRest(
  { state, out }: Pick<StoredRollout, 'state' | 'out'>,
  { strategy }: Pick<RolloutPlan, 'strategy'>,
): boolean {
  if (state === 'paused') return out === 0
  return hasEnded(state) || (state === 'holding' && strategy.hold === 'person')
}
