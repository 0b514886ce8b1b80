import { asyncScheduler, Observable, Subject, throttleTime } from 'rxjs'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import {
  countRecords,
  type RolloutCounts,
  type TargetRecord,
  type TargetState,
} from '../../machines/rollout/records.ts'
import { statePath } from '../../machines/statePath.ts'
import { Observed } from '../flow/observed.ts'
import type { Time } from '../flow/retry/time.ts'
import type { Transition } from '../flow/types.ts'
import { readSaved } from './conduct.ts'
import type { RecordQuery, Runner, SavedRollout } from './runner.ts'

/** Milliseconds between two values of `counts$`. */
const COUNTS_MS = 250

/** The state in which a rollout has ended. */
export interface RolloutResult {
  state: 'done' | 'stopped' | 'rolledBack' | 'denied' | 'expired'
  counts: RolloutCounts
}

/** A rollout as it is shown. Observables are hot, and never error. */
export interface ObservedRollout {
  /** Every transition; a late subscriber starts with the latest. */
  readonly transition$: Observable<Transition>
  /** How many targets are in each state, at most four times a second; derived from the records. */
  readonly counts$: Observable<RolloutCounts>
  /** Records, in the order of the plan. */
  targets(query?: RecordQuery & { state?: TargetState }): Promise<TargetRecord[]>
  /** The record of one target, and each change of it. */
  target$(id: string): Observable<TargetRecord>
  /** Resolves the first time that the rollout ends. A retry or a rollback may follow. */
  readonly result: Promise<RolloutResult>
}

/** Follows the machine and the records of a rollout until it is closed. */
export async function observeRollout(
  runner: Runner,
  id: string,
  plan: RolloutPlan,
  time: Pick<Time, 'now'>,
): Promise<ObservedRollout & { show(saved: SavedRollout): void; close(): void }> {
  const transition = new Observed<Transition>()
  const known = await runner.records(id)
  const states = known.map(({ state }) => state)
  const counts = countRecords(known)
  const counted = new Observed<RolloutCounts>()
  counted.next({ ...counts })
  const records = new Subject<TargetRecord>()
  let from: string | undefined
  let settle: (result: RolloutResult) => void = () => {}
  const result = new Promise<RolloutResult>((resolve) => {
    settle = resolve
  })

  const show = (saved: SavedRollout) => {
    const snapshot = readSaved(saved)
    const to = statePath(snapshot.value)
    if (to !== from) {
      transition.next({
        ...(from !== undefined && { from }),
        to,
        event: { type: saved.event },
        at: time.now(),
      })
    }
    from = to
    if (snapshot.hasTag('ended')) {
      settle({ state: to as RolloutResult['state'], counts: { ...counts } })
    }
  }
  const release = runner.subscribe(id, (change) => {
    if ('saved' in change) return show(change.saved)
    const { record } = change
    counts[states[record.index] ?? 'queued'] -= 1
    counts[record.state] += 1
    states[record.index] = record.state
    counted.next({ ...counts })
    records.next(record)
  })
  return {
    transition$: transition.value$,
    counts$: counted.value$.pipe(
      throttleTime(COUNTS_MS, asyncScheduler, { leading: true, trailing: true }),
    ),
    targets: ({ state, ...query } = {}) =>
      runner.records(id, { ...query, ...(state && { states: [state] }) }),
    target$: (target) =>
      new Observable((subscriber) => {
        const index = plan.targets.findIndex((each) => each.id === target)
        subscriber.add(
          records.subscribe({
            next: (record) => record.index === index && subscriber.next(record),
            complete: () => subscriber.complete(),
          }),
        )
        void runner
          .records(id, { after: index - 1, limit: index < 0 ? 0 : 1 })
          // If the current record cannot be read, the subscriber starts with the next change.
          .then(
            ([record]) => record && subscriber.next(record),
            () => {},
          )
      }),
    result,
    show,
    close() {
      release()
      transition.complete()
      counted.complete()
      records.complete()
    },
  }
}
