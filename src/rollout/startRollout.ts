import { randomUUID } from 'node:crypto'
import { asyncScheduler, Observable, throttleTime } from 'rxjs'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPersonEvent } from '../../machines/rollout/events.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import {
  TARGET_STATES,
  type TargetRecord,
  type TargetState,
} from '../../machines/rollout/records.ts'
import type { RolloutConsent } from '../../machines/rollout/types.ts'
import { statePath } from '../../machines/statePath.ts'
import { Observed } from '../flow/observed.ts'
import type { Transition } from '../flow/types.ts'
import { readSaved } from './conduct.ts'
import { hashOf, hashPlan } from './hash.ts'
import { wallTime } from './localRunner.ts'
import { createRolloutWorker, type RolloutWorkerOptions } from './rolloutWorker.ts'
import type { RecordQuery, Runner, SavedRollout } from './runner.ts'

/** Milliseconds between two news of the counts. */
const COUNTS_MS = 250

export interface GivenConsent {
  who?: string
  /** In ISO 8601: no target is changed after it. */
  until?: string
}

export interface RolloutOptions extends Omit<RolloutWorkerOptions, 'connect'> {
  runner: Runner
  /** Without it the rollout is followed and steered here, and other processes of the runner carry it out. */
  connect?: RolloutWorkerOptions['connect']
  /** Answers instead of a person. `false` denies, and so does a failure. Without it the rollout waits for `grant()` or `deny()`. */
  consent?: (plan: RolloutPlan) => GivenConsent | false | Promise<GivenConsent | false>
  /** Name of this worker. Default: random. */
  worker?: string
}

export type RolloutCounts = Record<TargetState, number>

/** The state in which a rollout has ended. */
export interface RolloutResult {
  state: 'done' | 'stopped' | 'rolledBack' | 'denied' | 'expired'
  counts: RolloutCounts
}

/** A rollout in this process. Observables are hot, and never error. */
export interface Rollout {
  readonly id: string
  /** Every transition; a late subscriber starts with the latest. */
  readonly transition$: Observable<Transition>
  /** How many targets are in each state, at most four times a second; derived from the records. */
  readonly counts$: Observable<RolloutCounts>
  /** Records, in the order of the plan. */
  targets(query?: RecordQuery & { state?: TargetState }): Promise<TargetRecord[]>
  /** The record of one target, and each change of it. */
  target$(id: string): Observable<TargetRecord>
  /** Resolves to `false` when the state of the rollout does not allow it. */
  grant(consent?: GivenConsent): Promise<boolean>
  deny(reason?: string): Promise<boolean>
  pause(): Promise<boolean>
  resume(): Promise<boolean>
  promote(): Promise<boolean>
  cancel(): Promise<boolean>
  rollback(): Promise<boolean>
  retry(): Promise<boolean>
  /** Resolves the first time that the rollout ends. A retry or a rollback may follow. */
  readonly result: Promise<RolloutResult>
  /** Waits for the targets at work, and stops working on the rollout, which can be resumed. */
  close(): Promise<void>
}

/**
 * Carries out a plan, and nothing but that plan.
 *
 * @throws EngineError `invalid-option` where the plan is not as it was made
 */
export async function startRollout(plan: RolloutPlan, options: RolloutOptions): Promise<Rollout> {
  if (plan.hash !== hashPlan(plan)) {
    throw new EngineError(
      'invalid-option',
      'the plan was changed after it was made: make a new one with plugin-flow rollout plan',
    )
  }
  // Names sort by time.
  const id = `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${randomUUID().slice(0, 8)}`
  await options.runner.create(id, plan, recordsOf(id, plan))
  return resumeRollout(id, options)
}

/**
 * Resumes a rollout that another process left.
 *
 * @throws RangeError when the runner does not know it
 */
export async function resumeRollout(id: string, options: RolloutOptions): Promise<Rollout> {
  const { runner, connect, time = wallTime } = options
  const plan = await runner.plan(id)
  if (!plan) throw new RangeError(`there is no rollout ${id}`)
  const transition = new Observed<Transition>()
  const known = await runner.records(id)
  const states = known.map(({ state }) => state)
  const counts = countRecords(known)
  const counted = new Observed<RolloutCounts>()
  counted.next({ ...counts })
  const records = new Observed<TargetRecord>(false)
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
    // If the answer cannot be stored, a person can still give one.
    if (to === 'awaitConsent') void answer().catch(() => {})
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

  let isAsked = false
  const answer = async () => {
    if (isAsked || !options.consent) return
    isAsked = true
    const decide = options.consent
    // A policy that throws denies.
    const given = await Promise.resolve(plan)
      .then(decide)
      .catch(() => undefined)
    const reason = given === undefined ? { reason: 'the policy of the host failed' } : {}
    await (given ? grant(given) : send({ type: 'consent.deny', ...reason }))
  }
  const send = async (event: RolloutPersonEvent): Promise<boolean> => {
    const saved = await runner.load(id)
    const snapshot = saved && readSaved(saved)
    if (snapshot?.status !== 'active' || !snapshot.can(event)) return false
    await runner.event(id, { ...event })
    return true
  }
  const grant = (given: GivenConsent = {}) =>
    send({ type: 'consent.grant', consent: consentTo(plan, given, time.now()) })
  let stop = async () => {}
  if (connect) {
    const worker = createRolloutWorker(runner, { ...options, connect })
    await worker.start(id)
    const { parallel } = plan.strategy
    stop = await worker.serve({ worker: options.worker ?? randomUUID(), parallel })
  }
  const saved = await runner.load(id)
  if (saved) show(saved)
  return {
    id,
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
          records.value$.subscribe({
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
    grant,
    deny: (reason) => send({ type: 'consent.deny', ...(reason !== undefined && { reason }) }),
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'resume' }),
    promote: () => send({ type: 'promote' }),
    cancel: () => send({ type: 'cancel' }),
    rollback: () => send({ type: 'rollback' }),
    retry: () => send({ type: 'retry' }),
    result,
    async close() {
      await stop()
      release()
      transition.complete()
      counted.complete()
      records.complete()
    },
  }
}

/** The consent to a plan, as it is written down. */
export function consentTo(
  plan: Pick<RolloutPlan, 'hash'>,
  given: GivenConsent,
  now: number,
): RolloutConsent {
  const facts = { ...given, at: new Date(now).toISOString() }
  return { hash: hashOf({ plan: plan.hash, ...facts }), ...facts }
}

/** One record for each target, in the order of the plan. */
function recordsOf(rollout: string, plan: RolloutPlan): TargetRecord[] {
  const states = { nothing: 'kept', skip: 'skipped' } as const
  return plan.targets.map(({ id, engineId, zone, does }, index) => ({
    rollout,
    index,
    target: id,
    ...(engineId !== undefined && { engineId }),
    ...(zone !== undefined && { zone }),
    state: states[does.action as keyof typeof states] ?? 'queued',
    attempt: 0,
    ...('why' in does && { message: does.why }),
    times: {},
  }))
}

/** How many targets are in each state. */
export function countRecords(records: readonly Pick<TargetRecord, 'state'>[]): RolloutCounts {
  const counts = Object.fromEntries(TARGET_STATES.map((state) => [state, 0])) as RolloutCounts
  for (const { state } of records) counts[state] += 1
  return counts
}
