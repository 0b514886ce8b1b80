import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import type { FollowedRollout } from '../../rollout/followRollout.ts'
import { followQueued } from '../../rollout/queue/followQueued.ts'
import { inTime } from '../../rollout/queue/inTime.ts'
import type { QueueRunner } from '../../rollout/queue/queueRunner.ts'
import type { ListedRollout, OpenRollout } from '../../ui/rollouts.ts'
import type { CommandIo } from '../processIo.ts'
import { listedRollout, openFollowed } from '../rollout/openFollowed.ts'
import type { PageRollouts } from '../rollout/pageRollouts.ts'
import { hasEnded, stateOf } from '../rollout/rolloutFolder.ts'
import { userName } from '../rollout/start.ts'
import { NO_WORKER, openQueue } from './openQueue.ts'
import { sendInQueue } from './rolloutsInQueue.ts'

/** How long the page waits for the server of the queue before it says that there is no answer. */
const ANSWER_MS = 2_000
/** How often workers are counted at most. */
const WORKERS_MS = 2_000
const UNSURE =
  'the queue does not answer any more: look whether the order was taken before you give it again'
const AWAY = 'the queue has not answered in time; trying again'

/**
 * The rollouts of a queue for the page, which passes orders to its workers, and carries none out.
 *
 * @throws UsageError that says what is missing, refused or unsafe there
 */
export async function pageInQueue(url: string, io: CommandIo): Promise<PageRollouts> {
  const runner = await openQueue(url, io)
  return { rollouts: rolloutsOf(runner), closed: () => runner.close() }
}

export function rolloutsOf(runner: QueueRunner): PageRollouts['rollouts'] {
  const followed = new Map<string, FollowedRollout>()
  const opened = new Map<string, OpenRollout>()
  const begun = new Map<string, Promise<FollowedRollout | undefined>>()
  const noWorker = countWorkers(runner)
  let listing: Promise<string[]> | undefined
  /** Rollouts that are read for the first time take turns: all of their records at once may not fit into memory. */
  let turn: Promise<unknown> = Promise.resolve()

  const ids = (): Promise<string[]> => {
    listing ??= runner.rollouts().finally(() => {
      listing = undefined
    })
    return listing
  }
  const begin = (id: string): Promise<FollowedRollout | undefined> => {
    const first = turn.then(async () => {
      const found = await followQueued(runner, id)
      await found?.refresh()
      if (found) followed.set(id, found)
      return found
    })
    begun.set(id, first)
    turn = first.catch(() => {}).then(() => begun.delete(id))
    return first
  }
  const follow = async (id: string): Promise<FollowedRollout | undefined> => {
    const known = followed.get(id)
    await known?.refresh()
    return known ?? begun.get(id) ?? begin(id)
  }
  const problemOf = async (state: string): Promise<{ problem?: string }> => {
    const problem = hasEnded(state) ? undefined : await noWorker()
    return problem === undefined ? {} : { problem }
  }
  const open = (id: string, rollout: FollowedRollout): Promise<OpenRollout> =>
    openFollowed({
      id,
      followed: rollout,
      plan: () => runner.plan(id) as Promise<RolloutPlan>,
      async refresh() {
        try {
          await answered(() => rollout.refresh())
        } catch (error) {
          // What is known of it is shown meanwhile.
          if (!(error instanceof Unanswered)) throw error
          return { isDriven: true, problem: error.message }
        }
        const { state } = stateOf(rollout.saved)
        return { isDriven: true, ...(await problemOf(state)) }
      },
    })
  const forget = (left: readonly string[]) => {
    for (const id of followed.keys()) {
      if (left.includes(id)) continue
      followed.delete(id)
      opened.delete(id)
    }
  }
  return {
    async list() {
      const problems = new Set<string>()
      const until = Date.now() + ANSWER_MS
      const all = await answered(ids, until).catch(({ message }: Error) => {
        problems.add(message)
      })
      if (all) forget(all)
      const read = async (id: string): Promise<ListedRollout[]> => {
        await answered(() => follow(id), until).catch(({ message }: Error) => problems.add(message))
        const found = followed.get(id)
        return found ? [listedRollout(id, found)] : []
      }
      const rollouts = (await Promise.all((all ?? [...followed.keys()]).map(read))).flat()
      const waiting = rollouts.find(({ state }) => !hasEnded(state))
      const { problem } = waiting ? await problemOf(waiting.state) : {}
      if (problem !== undefined && problems.size === 0) problems.add(problem)
      return { rollouts, problems: [...problems] }
    },
    async open(id) {
      const before = opened.get(id)
      if (before) return before
      const found = await answered(() => follow(id))
      const rollout = found && (await open(id, found))
      if (rollout) opened.set(id, rollout)
      return rollout
    },
    async order(id, order, only) {
      // Nothing is passed later that a person has given up.
      await answered(() => runner.load(id))
      const details = { who: userName(), ...defined({ only }) }
      const send = () => sendInQueue(runner, id, order, details)
      const sent = await inTime(Date.now() + ANSWER_MS, send)
      if (!sent) throw new RangeError(UNSURE)
      const { isTaken, state } = sent
      if (!isTaken) throw new RangeError(`the rollout does not take that while it is ${state}`)
    },
  }
}

/** The server of the queue is away, or slow. */
class Unanswered extends RangeError {
  constructor() {
    super(AWAY)
  }
}

/** @throws Unanswered for whatever is no message for a person; RangeError otherwise */
async function answered<Value>(
  act: () => Promise<Value>,
  until = Date.now() + ANSWER_MS,
): Promise<Value> {
  const found = await inTime(until, async () => ({ value: await act() })).catch(
    (error: unknown) => {
      if (isEngineError(error)) throw new RangeError(error.message)
      throw error instanceof RangeError ? error : new Unanswered()
    },
  )
  if (!found) throw new Unanswered()
  return found.value
}

/** Why a rollout waits that no worker serves, as far as the server tells how many there are. */
function countWorkers(runner: QueueRunner): () => Promise<string | undefined> {
  let count: Promise<number | undefined> | undefined
  let countedAt = 0
  return async () => {
    if (!count || performance.now() - countedAt > WORKERS_MS) {
      countedAt = performance.now()
      count = answered(() => runner.workers()).catch(() => undefined)
    }
    return (await count) === 0 ? NO_WORKER : undefined
  }
}
