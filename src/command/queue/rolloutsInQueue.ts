import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import type { Loss } from '../../../machines/rollout/types.ts'
import type { QueueRunner } from '../../rollout/queue/queueRunner.ts'
import { resumeRollout } from '../../rollout/startRollout.ts'
import type { RolloutOrder } from '../../ui/rollouts.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'
import { type OrderDetails, passOrder } from '../rollout/carryOut.ts'
import {
  chooseRollout,
  type RolloutDeed,
  type RolloutSource,
  type StoredRollout,
  stateOf,
} from '../rollout/rolloutFolder.ts'
import { openQueue, reportNoWorkers } from './openQueue.ts'

/** Reads the rollouts of a queue. */
export async function withQueue<Result>(
  url: string,
  io: CommandIo,
  act: (source: RolloutSource) => Promise<Result>,
): Promise<Result> {
  const runner = await openQueue(url, io)
  const read = async (id: string): Promise<StoredRollout> => {
    const [plan, records, saved] = await Promise.all([
      runner.plan(id) as Promise<RolloutPlan>,
      runner.records(id),
      runner.load(id),
    ])
    return { id, plan, records, ...stateOf(saved) }
  }
  let live: StoredRollout | undefined
  try {
    return await act({
      async list(onDamaged) {
        const found: StoredRollout[] = []
        for (const id of await runner.rollouts()) {
          await read(id).then((one) => found.push(one), onDamaged)
        }
        return found
      },
      find: async (id) => read(chooseRollout(await runner.rollouts(), id)),
      async again(found) {
        live ??= follow(runner, found)
        return { ...live, records: [...live.records] }
      },
    })
  } catch (error) {
    throw isEngineError(error) ? new UsageError(error.message) : error
  } finally {
    await runner.close()
  }
}

/** A rollout that is kept as it is, by what changes of it. */
function follow(runner: QueueRunner, found: StoredRollout): StoredRollout {
  const live = { ...found, records: [...found.records] }
  runner.subscribe(found.id, (change) => {
    if ('record' in change) live.records[change.record.index] = change.record
    else Object.assign(live, stateOf(change.saved))
  })
  return live
}

interface ToldCommand {
  id?: string
  /** Of a retry. */
  only?: Loss
  wait: boolean
  /** Watches the rollout to its end. */
  follow(id: string): Promise<number>
}

/** Passes an order of a person to the workers of a queue. */
export async function controlInQueue(
  deed: RolloutDeed,
  { id: given, only, wait, follow }: ToldCommand,
  url: string,
  io: CommandIo,
): Promise<number> {
  const runner = await openQueue(url, io)
  try {
    const id = chooseRollout(await runner.rollouts(), given)
    const { isTaken, state } = await sendInQueue(runner, id, deed, defined({ only }))
    if (!isTaken) {
      report(io, `the rollout ${id} does not take that while it is ${state}`)
      return 1
    }
    writeLines(io.stdout, [`${deed}: the workers of ${id} were told`])
    await reportNoWorkers(runner, io)
    return wait ? await follow(id) : 0
  } finally {
    await runner.close()
  }
}

/** The same, with the state that the rollout is in. */
export async function sendInQueue(
  runner: QueueRunner,
  id: string,
  order: RolloutOrder,
  details: OrderDetails,
): Promise<{ isTaken: boolean; state: string }> {
  const { state } = stateOf(await runner.load(id))
  const rollout = await resumeRollout(id, { runner })
  try {
    const isTaken = await passOrder(rollout, order, state, details)
    if (isTaken) await runner.wake(id)
    return { isTaken, state }
  } finally {
    await rollout.close()
  }
}
