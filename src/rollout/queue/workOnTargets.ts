import type { Jobs, TargetJob, TargetQueue } from '../../../adapters/queue/jobs.ts'
import type { RolloutStore } from '../../../adapters/queue/store.ts'
import { isEnd, type TargetRecord } from '../../../machines/rollout/records.ts'
import type { RunnerHandlers, TargetTask } from '../runner.ts'
import { endWith } from './inTime.ts'
import { keepBusy } from './keepBusy.ts'

/** The targets that this process works on, by the tokens of their leases. */
export type HeldTargets = Map<number, { job: TargetJob; until: number; hasEnded: boolean }>

interface Tools {
  jobs: Jobs
  store: RolloutStore
  held: HeldTargets
  leaseTime: number
  engineOf(rollout: string, index: number): Promise<string>
  wake(rollout: string): Promise<void>
}

type TargetData = TargetTask & { rollout: string }

/** How often zones are looked for by a worker that has all of them. */
const ZONES_MS = 5_000
/** How long the target of an engine that is taken waits. */
const TAKEN_MS = 1_000

/** Fetches targets and works on them, so many at once. Resolves with what fetches no more, and waits for those at work. */
export async function workOnTargets(
  handlers: RunnerHandlers,
  { jobs, store, held, leaseTime, engineOf, wake }: Tools,
): Promise<() => Promise<void>> {
  const { worker, parallel, zone } = handlers
  const queues = new Map<string | undefined, TargetQueue>()
  let nextLook = 0
  const open = async (name: string | undefined) => {
    if (!queues.has(name)) queues.set(name, await jobs.targets(name))
  }
  const openAll = async () => {
    if (zone !== undefined) return open(zone)
    if (Date.now() < nextLook) return
    nextLook = Date.now() + Math.min(ZONES_MS, leaseTime)
    for (const name of [undefined, ...(await store.zones())]) await open(name)
  }
  const fetch = async (): Promise<TargetJob | undefined> => {
    await openAll()
    // The next time another zone is the first to be asked.
    for (const [name, queue] of [...queues]) {
      queues.delete(name)
      queues.set(name, queue)
      const job = await queue.next()
      if (job) return job
    }
    return undefined
  }
  const take = async (job: TargetJob): Promise<void> => {
    const { rollout, ...task } = job.data as TargetData
    const engine = await engineOf(rollout, task.index)
    const until = Date.now() + leaseTime
    const token = await store.claim(engine, job.token, leaseTime)
    if (token === undefined) return job.delay(Math.min(TAKEN_MS, leaseTime / 4))
    const lease = { worker, token, until }
    const target = { job, until, hasEnded: false }
    const { records } = await store.records(rollout, task.index, 1)
    if (!records[0] || isOver(JSON.parse(records[0]), task)) {
      await store.release({ engine, token })
      await job.complete()
      // The event of its end may be lost. A rollout that was removed has none.
      return records[0] === undefined ? undefined : wake(rollout)
    }
    held.set(token, target)
    try {
      await handlers.target(rollout, task, lease)
    } finally {
      held.delete(token)
    }
    // A target that has not ended is taken again after its lease.
    if (!target.hasEnded) return
    await endWith(async () => {
      await store.release({ engine, token })
      await job.complete()
    })
  }
  const stop = keepBusy(parallel, fetch, take, (job) => endWith(() => job.delay(0)))
  return async () => {
    await stop()
    await endWith(() => Promise.all([...queues.values()].map((queue) => queue.close())))
  }
}

/** Whether a target has ended in its attempt, or a later one has begun. */
function isOver(record: TargetRecord, { attempt }: TargetTask): boolean {
  return record.attempt > attempt || (record.attempt === attempt && isEnd(record))
}
