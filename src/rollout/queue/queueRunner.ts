import { parseQueueAddress, withoutSecrets } from '../../../adapters/queue/address.ts'
import type { QueueJob } from '../../../adapters/queue/jobs.ts'
import { openQueue } from '../../../adapters/queue/openQueue.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import { hashText } from '../hash.ts'
import type { Ask } from '../questions.ts'
import type { RolloutMessage, Runner, RunnerHandlers } from '../runner.ts'
import { answerQuestions } from './answerQuestions.ts'
import { askWorkers } from './askWorkers.ts'
import { endWith } from './inTime.ts'
import { type ChangesSince, keepRecords, type RolloutChanges } from './keepRecords.ts'
import { type HeldTargets, workOnTargets } from './workOnTargets.ts'

export interface QueueRunnerOptions {
  /** Milliseconds that a worker has a target without saying that it is alive. Default 30 seconds. */
  leaseTime?: number
  /** Milliseconds in which the workers of a zone take up a question. Default 15 seconds. */
  answerTime?: number
  /** A problem that passes, as while the server of the queue is away. */
  onProblem?(message: string): void
}

export interface QueueRunner extends Runner {
  ask: Ask
  /** How many workers there are. */
  workers(): Promise<number>
  /** Has a worker go on with a rollout. */
  wake(rollout: string): Promise<void>
  /** What has changed of a rollout since an earlier answer, at first all of it; `undefined` for an unknown one. */
  changes(rollout: string, since?: ChangesSince): Promise<RolloutChanges | undefined>
  /** Gives the connections back, in a few seconds where the server is away. The function that `serve` returned comes before. */
  close(): Promise<void>
}

type EventData = { rollout: string; message?: RolloutMessage }

/** Of so many rollouts it is looked now and then whether something of them was lost. */
const NEWEST = 100
const WAKE_MS = 30_000

/**
 * A runner whose rollouts are in Redis or PostgreSQL, and which any number of processes serve.
 *
 * @param url `redis://`, `rediss://` or `postgres://`, with user and password
 * @throws EngineError `invalid-option` for another address, and `invalid-configuration` that says what is missing, refused or
 * unsafe there
 */
export async function openQueueRunner(
  url: string,
  { leaseTime = 30_000, answerTime = 15_000, onProblem = () => {} }: QueueRunnerOptions = {},
): Promise<QueueRunner> {
  const address = parseQueueAddress(url)
  const { store, jobs } = await openQueue(address, { leaseTime, onProblem })
  /** Jobs that this process has added, by rollout. */
  const added = new Map<string, Set<string>>()
  /** Jobs of the timers that this process has set. */
  const timers = new Map<string, string>()
  const held: HeldTargets = new Map()
  const sending = new Map<string, Promise<void>>()
  const report = (error: unknown) => onProblem(withoutSecrets((error as Error).message, address))
  const kept = keepRecords(store, { leaseTime, held, onProblem: report })
  const asking = askWorkers(store.questions, { answerTime, onProblem: report })

  const addedOf = (rollout: string): Set<string> => {
    const known = added.get(rollout) ?? new Set()
    added.set(rollout, known)
    return known
  }
  /** Events of one rollout are sent one after another. */
  const send = (rollout: string, data: EventData): Promise<void> => {
    const before = sending.get(rollout) ?? Promise.resolve()
    // A start sends the end of a target again, in case it was lost: one is enough while it waits.
    const isTarget = data.message?.index !== undefined
    const once = isTarget ? { id: `target-${hashText(JSON.stringify(data))}` } : {}
    const sent = before.then(() => jobs.addEvent(data, once))
    sending.set(
      rollout,
      sent.catch(() => {}),
    )
    return sent
  }
  const wake = (rollout: string) =>
    jobs.addEvent({ rollout } satisfies EventData, { id: `start-${rollout}` })
  const wakeAll = async () => {
    const newest = (await store.rollouts()).slice(-NEWEST)
    for (const rollout of newest) await wake(rollout)
  }
  const handle = async (handlers: RunnerHandlers, { data, isAgain }: QueueJob) => {
    const { rollout, message } = data as EventData
    if (message) await handlers.event(rollout, message)
    if (message && !isAgain) return
    // Not of one that was removed meanwhile. A plan that is damaged is for those who need it.
    if ((await kept.plan(rollout).catch(() => 'damaged')) === undefined) return
    added.delete(rollout)
    for (const key of timers.keys()) if (key.startsWith(`${rollout} `)) timers.delete(key)
    await handlers.start?.(rollout)
  }

  return {
    async create(rollout, given, records) {
      const texts = records.map((record) => JSON.stringify(record))
      await store.create(rollout, JSON.stringify(given), texts, zonesOf(given))
      await wake(rollout)
    },
    rollouts: async () => (await store.rollouts()).reverse(),
    plan: kept.plan,
    load: kept.load,
    save: kept.save,
    async remove(rollout, version) {
      const zones = zonesOf(await kept.plan(rollout))
      if (!(await store.remove(rollout, version, zones))) return false
      kept.forget(rollout)
      added.delete(rollout)
      await jobs.remove([undefined, ...zones], (data) => (data as EventData).rollout === rollout)
      return true
    },
    async enqueue(rollout, tasks) {
      const known = addedOf(rollout)
      const byZone = new Map<string | undefined, { id: string; data: unknown }[]>()
      for (const task of tasks) {
        const id = `${rollout}-${task.index}-${task.attempt}`
        if (known.has(id)) continue
        const zone = (await kept.target(rollout, task.index))?.zone
        const ofZone = byZone.get(zone) ?? []
        ofZone.push({ id, data: { rollout, ...task } })
        byZone.set(zone, ofZone)
      }
      for (const [zone, targets] of byZone) {
        await jobs.addTargets(zone, targets)
        for (const { id } of targets) known.add(id)
      }
    },
    event: (rollout, message) => send(rollout, { rollout, message }),
    async at(rollout, key, timer) {
      const name = `${rollout} ${key}`
      const id = timer && `timer-${hashText(`${name} ${timer.at}`)}`
      const earlier = timers.get(name)
      if (id === earlier) return
      if (earlier !== undefined) await jobs.removeEvent(earlier)
      timers.delete(name)
      if (!timer || id === undefined) return
      const data: EventData = { rollout, message: timer.event }
      await jobs.addEvent(data, { id, delay: Math.max(0, timer.at - Date.now()) })
      timers.set(name, id)
    },
    records: kept.records,
    write: kept.write,
    extend: kept.extend,
    subscribe: kept.subscribe,
    changes: kept.changes,
    ask: asking.ask,
    async serve(handlers) {
      const stopEvents = await jobs.serveEvents((event) => handle(handlers, event))
      const stopAnswers = answerQuestions(handlers, store.questions)
      const stopTargets = await workOnTargets(handlers, {
        jobs,
        store,
        held,
        leaseTime,
        engineOf: kept.engineOf,
        wake,
      })
      const timer = setInterval(() => void wakeAll().catch(() => {}), WAKE_MS)
      void wakeAll().catch(() => {})
      return async () => {
        clearInterval(timer)
        await Promise.all([stopTargets(), stopAnswers(), endWith(stopEvents)])
      }
    },
    workers: () => jobs.workers(),
    wake,
    async close() {
      kept.close()
      await asking.close()
      await endWith(jobs.close)
      await endWith(store.close)
    },
  }
}

function zonesOf(plan: RolloutPlan | undefined): string[] {
  return [...new Set(plan?.targets.flatMap(({ zone }) => zone ?? []))]
}
