import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { defined } from '../../machines/defined.ts'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPersonEvent } from '../../machines/rollout/events.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { LOSSES, type Loss, type RolloutConsent } from '../../machines/rollout/types.ts'
import type { Time } from '../flow/retry/time.ts'
import { readSaved } from './conduct.ts'
import { forgetEnded } from './forgetEnded.ts'
import { hashOf, hashPlan } from './hash.ts'
import { wallTime } from './localRunner.ts'
import { type ObservedRollout, observeRollout } from './observeRollout.ts'
import { createRolloutWorker, type RolloutWorkerOptions } from './rolloutWorker.ts'
import type { Runner } from './runner.ts'

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

/** A rollout in this process. Observables are hot, and never error. */
export interface Rollout extends ObservedRollout {
  readonly id: string
  /** Resolves to `false` when the state of the rollout does not allow it. */
  grant(consent?: GivenConsent): Promise<boolean>
  deny(reason?: string): Promise<boolean>
  pause(): Promise<boolean>
  resume(): Promise<boolean>
  promote(): Promise<boolean>
  cancel(): Promise<boolean>
  rollback(): Promise<boolean>
  /** `only`: of the targets that were lost those that failed, or those that were unreachable. The others stay as they are. */
  retry(options?: { only?: Loss }): Promise<boolean>
  /** Waits for the targets at work, and stops working on the rollout, which can be resumed. */
  close(): Promise<void>
}

/**
 * Carries out a plan, and nothing but that plan. Of the rollouts of its runner that have ended the newest 100 stay, for 30 days.
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
  // Each of these steps takes a moment with thousands of targets, and the host's own work goes on in between.
  await setImmediate()
  const id = makeId(options.time ?? wallTime)
  await options.runner.create(id, plan, recordsOf(id, plan))
  // What cannot be forgotten now is forgotten when the next one begins.
  await forgetEnded(options.runner, (options.time ?? wallTime).now()).catch(() => {})
  await setImmediate()
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
  const observed = await observeRollout(runner, id, plan, time)
  observed.transition$.subscribe(({ to }) => {
    // If the answer cannot be stored, a person can still give one.
    if (to === 'awaitConsent') void answer().catch(() => {})
  })

  const answer = async () => {
    const decide = options.consent
    if (!decide) return
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
  const { show, close, ...shown } = observed
  let stop = async () => {}
  const begin = async () => {
    if (connect) {
      const worker = createRolloutWorker(runner, { ...options, connect })
      await worker.start(id)
      const { parallel } = plan.strategy
      stop = await worker.serve({ worker: options.worker ?? randomUUID(), parallel })
    }
    const saved = await runner.load(id)
    if (saved) show(saved)
  }
  const end = async () => {
    await stop()
    close()
  }
  await begin().catch(async (error: unknown) => {
    await end()
    throw error
  })
  return {
    id,
    ...shown,
    grant,
    deny: (reason) => send({ type: 'consent.deny', ...(reason !== undefined && { reason }) }),
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'resume' }),
    promote: () => send({ type: 'promote' }),
    cancel: () => send({ type: 'cancel' }),
    rollback: () => send({ type: 'rollback' }),
    async retry({ only } = {}) {
      checkLoss(only)
      return send({ type: 'retry', ...defined({ only }) })
    },
    close: end,
  }
}

/** Ids sort by time, to the millisecond. */
function makeId({ now }: Pick<Time, 'now'>): string {
  const digits = new Date(now()).toISOString().replace(/\D/g, '')
  return `${digits}-${randomUUID().slice(0, 8)}`
}

function checkLoss(only: Loss | undefined): void {
  // A caller without TypeScript may pass anything.
  if (only === undefined || LOSSES.includes(only)) return
  throw new EngineError('invalid-option', 'only is "failed" or "unreachable"')
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
