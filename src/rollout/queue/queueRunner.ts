import { createHash, randomUUID } from 'node:crypto'
import { parseQueueAddress, withoutSecrets } from '../../../adapters/queue/address.ts'
import type { QueueJob } from '../../../adapters/queue/jobs.ts'
import { openQueue } from '../../../adapters/queue/openQueue.ts'
import { defined } from '../../../machines/defined.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import { isEnd, type Lease, type TargetRecord } from '../../../machines/rollout/records.ts'
import { parsePlan } from '../planFile.ts'
import type { Ask } from '../questions.ts'
import type { RolloutMessage, Runner, RunnerHandlers, SavedRollout } from '../runner.ts'
import { answerQuestions } from './answerQuestions.ts'
import { askWorkers } from './askWorkers.ts'
import { followChanges } from './followChanges.ts'
import { endWith, inTime } from './inTime.ts'
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

/** How far an answer of `changes` goes. */
export interface ChangesSince {
  sequence: number
  version: number
}

export interface RolloutChanges {
  records: TargetRecord[]
  /** The machine, where it has changed. */
  saved?: SavedRollout
  since: ChangesSince
}

type EventData = { rollout: string; message?: RolloutMessage }

/** Of so many rollouts it is looked now and then whether something of them was lost. */
const NEWEST = 100
const WAKE_MS = 30_000
const PAGE = 500

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
  const writer = randomUUID()
  const plans = new Map<string, Promise<RolloutPlan | undefined>>()
  /** Jobs that this process has added, by rollout. */
  const added = new Map<string, Set<string>>()
  /** Jobs of the timers that this process has set. */
  const timers = new Map<string, string>()
  const held: HeldTargets = new Map()
  const sending = new Map<string, Promise<void>>()
  const report = (error: unknown) => onProblem(withoutSecrets((error as Error).message, address))
  const changes = followChanges(store, report)
  const asking = askWorkers(store.questions, { answerTime, onProblem: report })

  const plan = (rollout: string): Promise<RolloutPlan | undefined> => {
    const known = plans.get(rollout)
    if (known) return known
    const read = store
      .plan(rollout)
      .then((text) => (text === undefined ? undefined : parsePlan(text, `the plan of ${rollout}`)))
    plans.set(rollout, read)
    void read.then(
      (found) => found ?? plans.delete(rollout),
      () => plans.delete(rollout),
    )
    return read
  }
  const targetOf = async (rollout: string, index: number) => (await plan(rollout))?.targets[index]
  /** Of two targets that are one engine only one is worked on at a time. */
  const engineOf = async (rollout: string, index: number): Promise<string> => {
    const target = await targetOf(rollout, index)
    const engine = target?.engineId ?? JSON.stringify(target?.access ?? null)
    return createHash('sha256').update(engine).digest('hex')
  }
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
    const once = isTarget ? { id: `target-${hashed(JSON.stringify(data))}` } : {}
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
    if ((await plan(rollout).catch(() => 'damaged')) === undefined) return
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
    plan,
    load: async (rollout) => parse<SavedRollout>(await store.load(rollout)),
    save: (rollout, saved, expected) =>
      store.save(rollout, JSON.stringify(saved), {
        is: saved.version,
        expected,
        writer: `${writer} ${hashed(JSON.stringify(saved))}`,
      }),
    async remove(rollout, version) {
      const zones = zonesOf(await plan(rollout))
      if (!(await store.remove(rollout, version, zones))) return false
      plans.delete(rollout)
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
        const zone = (await targetOf(rollout, task.index))?.zone
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
      const id = timer && `timer-${hashed(`${name} ${timer.at}`)}`
      const earlier = timers.get(name)
      if (id === earlier) return
      if (earlier !== undefined) await jobs.removeEvent(earlier)
      timers.delete(name)
      if (!timer || id === undefined) return
      const data: EventData = { rollout, message: timer.event }
      await jobs.addEvent(data, { id, delay: Math.max(0, timer.at - Date.now()) })
      timers.set(name, id)
    },
    async records(rollout, { states, after = -1, limit = Number.POSITIVE_INFINITY } = {}) {
      const size = (await plan(rollout))?.targets.length ?? 0
      const isAll = !states && after < 0 && limit >= size
      const found: TargetRecord[] = []
      for (let from = after + 1; from < size && found.length < limit; ) {
        const count = isAll ? size : Math.min(states ? PAGE : limit, size - from)
        const { records, sequence } = await store.records(rollout, from, count)
        if (isAll) changes.start(rollout, sequence)
        from += count
        for (const text of records) {
          const record = parse<TargetRecord>(text)
          if (found.length < limit && (!states || states.includes(record.state))) found.push(record)
        }
      }
      return found
    },
    async write(record, lease) {
      const { rollout, index } = record
      const text = JSON.stringify(record)
      if (!lease) return store.write(rollout, index, text)
      const engine = await engineOf(rollout, index)
      const holding = { engine, token: lease.token }
      // Once the time of the lease is over, this worker does not have it.
      const isWritten = await inTime(untilOf(held, lease), () =>
        store.write(rollout, index, text, holding),
      )
      const target = held.get(lease.token)
      if (isWritten && target) target.hasEnded = isEnd(record)
      return isWritten
    },
    async extend(rollout, index, lease) {
      const engine = await engineOf(rollout, index)
      const until = Date.now() + leaseTime
      const isHeld = await inTime(untilOf(held, lease), () =>
        store.extend({ engine, token: lease.token }, leaseTime),
      )
      if (!isHeld) return undefined
      const target = held.get(lease.token)
      if (target) target.until = until
      // Without it another worker fetches the job, and finds the lease.
      void target?.job.extend(leaseTime).catch(() => {})
      return { ...lease, until }
    },
    subscribe: changes.subscribe,
    async changes(rollout, since) {
      const size = (await plan(rollout))?.targets.length ?? 0
      const all = since ? undefined : await store.records(rollout, 0, size)
      const { sequence, version } = since ?? { sequence: all?.sequence ?? 0, version: 0 }
      const found = await store.changes(rollout, sequence, version)
      if (!found) {
        plans.delete(rollout)
        return undefined
      }
      const saved = parse<SavedRollout>(found.saved)
      return {
        records: [...(all?.records ?? []), ...found.records].map((text) =>
          parse<TargetRecord>(text),
        ),
        ...defined({ saved }),
        since: { sequence: found.sequence, version: saved?.version ?? version },
      }
    },
    ask: asking.ask,
    async serve(handlers) {
      const stopEvents = await jobs.serveEvents((event) => handle(handlers, event))
      const stopAnswers = answerQuestions(handlers, store.questions)
      const stopTargets = await workOnTargets(handlers, {
        jobs,
        store,
        held,
        leaseTime,
        engineOf,
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
      changes.close()
      await asking.close()
      await endWith(jobs.close)
      await endWith(store.close)
    },
  }
}

function zonesOf(plan: RolloutPlan | undefined): string[] {
  return [...new Set(plan?.targets.flatMap(({ zone }) => zone ?? []))]
}

function untilOf(held: HeldTargets, { token, until }: Lease): number {
  return Math.max(until, held.get(token)?.until ?? 0)
}

function parse<Value>(text: string): Value
function parse<Value>(text: string | undefined): Value | undefined
function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}

function hashed(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
