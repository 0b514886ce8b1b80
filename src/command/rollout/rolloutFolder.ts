import { join } from 'node:path'
import { journalFolder } from '../../../adapters/journal/runJournal.ts'
import type { RolloutPersonEvent } from '../../../machines/rollout/events.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import type { RolloutCounts, TargetRecord } from '../../../machines/rollout/records.ts'
import { statePath } from '../../../machines/statePath.ts'
import { readSaved } from '../../rollout/conduct.ts'
import { readRollout, readRollouts } from '../../rollout/embeddedRunner.ts'
import type { LocalRollout } from '../../rollout/localRunner.ts'
import type { SavedRollout } from '../../rollout/runner.ts'
import { UsageError } from '../parseOptions.ts'

/** An order of a person. */
export type RolloutDeed = Exclude<RolloutPersonEvent['type'], 'consent.grant' | 'consent.deny'>

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

/** Where rollouts are read from: the folder of this user, or a queue. */
export interface RolloutSource {
  /** The newest first. */
  list(onDamaged: (error: Error) => void): Promise<StoredRollout[]>
  /** @throws UsageError unless an id, or its beginning, means exactly one. Without one the newest is meant. */
  find(id: string | undefined): Promise<StoredRollout>
  /** The same rollout as it is now. */
  again(found: StoredRollout): Promise<StoredRollout>
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

/** @throws UsageError unless an id, or its beginning, means exactly one. Without one the newest is meant. */
export function findRollout(folder: string, id: string | undefined): StoredRollout {
  const all = listRollouts(folder)
  const chosen = chooseRollout(
    all.map((each) => each.id),
    id,
  )
  return all.find((each) => each.id === chosen) as StoredRollout
}

/**
 * @param ids the newest first
 * @throws UsageError as `findRollout`
 */
export function chooseRollout(ids: readonly string[], id: string | undefined): string {
  const found = id === undefined ? ids.slice(0, 1) : ids.filter((each) => each.startsWith(id))
  const one = found.find((each) => each === id) ?? found[0]
  if (one === undefined) {
    throw new UsageError(
      id === undefined
        ? 'there is no rollout; plugin-flow rollout plan and start make one'
        : `there is no rollout "${id}"; plugin-flow rollout ls lists them`,
    )
  }
  if (one === id || found.length === 1) return one
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

/** Whether to resume a rollout means that it goes on as it was: it is in the midst of something, and its process has died. */
export function mayBeLeft(state: string): boolean {
  return !['paused', 'holding'].includes(state) && !hasEnded(state)
}
