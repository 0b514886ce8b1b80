import { RunInUse } from '../../../adapters/journal/runLock.ts'
import { defined } from '../../../machines/defined.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import { countRecords } from '../../../machines/rollout/records.ts'
import type { Loss } from '../../../machines/rollout/types.ts'
import { connectTarget } from '../../rollout/connectTarget.ts'
import { openEmbeddedRunner } from '../../rollout/embeddedRunner.ts'
import { readSecret } from '../../rollout/plannedSettings.ts'
import type { RolloutWorkerOptions } from '../../rollout/rolloutWorker.ts'
import type { Runner } from '../../rollout/runner.ts'
import {
  type GivenConsent,
  type Rollout,
  type RolloutOptions,
  resumeRollout,
  startRollout,
} from '../../rollout/startRollout.ts'
import type { RolloutOrder } from '../../ui/rollouts.ts'
import { type CommandIo, catchInterrupts, report } from '../processIo.ts'
import { exitCodeOf, isAtRest, mayBeLeft, stateOf } from './rolloutFolder.ts'
import { chooseRolloutView } from './rolloutView.ts'

export interface Carried {
  json: boolean
  /** Stay while the rollout waits for a person, who tells it from elsewhere. */
  wait: boolean
}

/** Where a rollout is written down. */
type Place = { folder: string } | { queue: string }

type Begun = { plan: RolloutPlan; consent: GivenConsent } | { id: string }

/**
 * Carries a rollout out in this process, or has the workers of a queue do that, until nothing more happens by itself. Resolves
 * to the exit status.
 *
 * @param act is done first: `false` where the rollout does not take it
 * @throws RunInUse while another process carries rollouts out
 */
export async function carryOut(
  begun: Begun,
  { json, wait, ...place }: Carried & Place,
  io: CommandIo,
  act: (rollout: Rollout) => Promise<boolean> = async () => true,
): Promise<number> {
  const { runner, work, whenLeft, close } = await openRunner(place, io)
  const interrupts = catchInterrupts(io.signals, () => report(io, whenLeft))
  const view = chooseRolloutView({ json }, io)
  try {
    const rollout = await open(begun, { runner, ...work })
    const { id } = rollout
    const shown = [
      rollout.transition$.subscribe((transition) => view.transition(transition)),
      rollout.counts$.subscribe((counts) => view.counts(counts)),
    ]
    const release = runner.subscribe(id, (change) => {
      if ('record' in change) view.record(change.record)
    })
    const isTaken = await act(rollout)
    const rest = isTaken ? atRest(runner, id, wait) : Promise.resolve()
    await Promise.race([rest, interrupts.interrupted])
    await Promise.race([rollout.close(), interrupts.second])
    release()
    for (const each of shown) each.unsubscribe()
    const [records, plan, saved] = await Promise.all([
      runner.records(id),
      runner.plan(id) as Promise<RolloutPlan>,
      runner.load(id),
    ])
    const { state } = stateOf(saved)
    const counts = countRecords(records)
    const code = interrupts.first?.exitCode ?? exitCodeOf(state, counts)
    view.end({ id, plan, state, counts, records }, isTaken ? code : 1)
    if (!isTaken) report(io, `the rollout ${id} does not take that while it is ${state}`)
    if (interrupts.first) {
      const next = work
        ? `plugin-flow rollout resume ${id} goes on with it`
        : `plugin-flow rollout watch ${id} follows it`
      report(io, next)
    }
    return isTaken ? code : 1
  } finally {
    view.close()
    interrupts.release()
    await close()
  }
}

interface OpenRunner {
  runner: Runner
  /** How targets are reached from here. Without it others work on them. */
  work?: RolloutWorkerOptions
  whenLeft: string
  close(): Promise<void>
}

async function openRunner(place: Place, io: CommandIo): Promise<OpenRunner> {
  if ('folder' in place) {
    const runner = await openEmbeddedRunner(place.folder)
    return {
      runner,
      work: workFrom(io.env),
      whenLeft: 'no further target begins here, and those at work are waited for; once more leaves',
      close: () => runner.close(),
    }
  }
  const { openServedQueue } = await import('../queue/openQueue.ts')
  const runner = await openServedQueue(place.queue, io)
  return {
    runner,
    whenLeft: 'the workers of the queue go on: plugin-flow rollout pause stops them',
    close: () => runner.close(),
  }
}

/** Engines, credentials and secrets as this machine has them. */
export function workFrom(env: NodeJS.ProcessEnv): RolloutWorkerOptions {
  return {
    connect: ({ access }) => connectTarget(access, { env }),
    secret: async (from) => readSecret(from, env),
  }
}

function open(begun: Begun, options: Omit<RolloutOptions, 'consent'>): Promise<Rollout> {
  if ('id' in begun) return resumeRollout(begun.id, options)
  return startRollout(begun.plan, { ...options, consent: () => begun.consent })
}

/** Resolves once nothing more happens by itself. */
async function atRest(runner: Runner, id: string, wait: boolean): Promise<void> {
  const plan = await runner.plan(id)
  if (!plan) return
  await new Promise<void>((resolve, reject) => {
    const check = async () => {
      const now = stateOf(await runner.load(id))
      const rests = isAtRest(now, plan) && !(wait && ['paused', 'holding'].includes(now.state))
      if (!rests) return
      release()
      resolve()
    }
    const release = runner.subscribe(id, (change) => {
      if ('saved' in change) check().catch(reject)
    })
    check().catch(reject)
  })
}

/** What an order says more. */
export interface OrderDetails extends GivenConsent {
  /** Of a retry. */
  only?: Loss
}

/** Passes an order to a rollout. Resolves to `false` where its state, which is given, does not take it. */
export async function passOrder(
  rollout: Rollout,
  order: RolloutOrder,
  state: string,
  { only, ...given }: OrderDetails,
): Promise<boolean> {
  if (order === 'resume' && mayBeLeft(state)) return true
  if (order === 'retry') return rollout.retry(defined({ only }))
  return order === 'grant' ? rollout.grant(given) : rollout[order]()
}

/** Another process has the folder of rollouts. */
export function isInUse(error: unknown): error is RunInUse {
  return error instanceof RunInUse
}
