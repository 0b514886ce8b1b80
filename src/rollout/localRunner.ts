import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import { isEnd, type Lease, type TargetRecord } from '../../machines/rollout/records.ts'
import { processTime, type Time } from '../flow/retry/time.ts'
import type {
  RecordQuery,
  RolloutChange,
  RolloutMessage,
  Runner,
  RunnerHandlers,
  SavedRollout,
  TargetTask,
} from './runner.ts'

/** A rollout in the memory of this process. */
export interface LocalRollout {
  plan: RolloutPlan
  records: TargetRecord[]
  saved: SavedRollout | undefined
}

/** Stores the changes of rollouts before the runner continues, so that they outlive its process. */
export interface RolloutLog {
  create(rollout: string, plan: RolloutPlan, records: readonly TargetRecord[]): void
  save(rollout: string, saved: SavedRollout): void
  record(record: TargetRecord): void
  remove(rollout: string): void
}

export interface LocalRunnerOptions {
  /** Milliseconds until a lease that is not extended expires. Default 30 seconds. */
  leaseTime?: number
  /** Default: the time of the process. */
  time?: Time
  log?: RolloutLog
  /** The rollouts of an earlier process. */
  known?: ReadonlyMap<string, LocalRollout>
}

/** A target that is waiting for a worker, or has one. */
interface Job extends TargetTask {
  rollout: string
  lease?: Lease
  /** Ends the lease. */
  timer?: unknown
}

interface Server extends RunnerHandlers {
  busy: number
  running: Set<Promise<void>>
  isClosed: boolean
}

/** The longest delay of a timer in Node.js. */
const LONGEST = 2 ** 31 - 1

/** Wall-clock time, which can be compared with the records of an earlier process. */
export const wallTime: Time = { ...processTime, now: () => Date.now() }

/** A runner within this process. */
export function createLocalRunner(options: LocalRunnerOptions = {}): Runner {
  const { leaseTime = 30_000, time = wallTime, log } = options
  const rollouts = new Map<string, LocalRollout>(options.known)
  const listeners = new Map<string, Set<(change: RolloutChange) => void>>()
  /** By rollout and index, in the order in which they were handed out. */
  const jobs = new Map<string, Job>()
  const timers = new Map<string, unknown>()
  const servers: Server[] = []
  /** Calls that release the messages sent before there was a server. */
  const early: (() => void)[] = []
  const turns = new Map<string, Promise<void>>()
  let token = Math.max(0, ...[...rollouts.values()].flatMap(tokensOf))

  const of = (rollout: string): LocalRollout => {
    const known = rollouts.get(rollout)
    if (!known) throw new RangeError(`there is no rollout ${rollout}`)
    return known
  }
  const tell = (rollout: string, change: RolloutChange) => {
    for (const listener of listeners.get(rollout) ?? []) listener(change)
  }
  const jobOf = (rollout: string, index: number) => jobs.get(`${rollout} ${index}`)
  /** Returns the current lease, which may have been extended, or `undefined` once it is lost. */
  const leaseOf = (rollout: string, index: number, { token: held }: Lease) => {
    const lease = jobOf(rollout, index)?.lease
    return lease && lease.token === held && lease.until > time.now() ? lease : undefined
  }

  /** Identifies the engine of a job: only one job at a time has a lease for it. */
  const engineOf = ({ rollout, index }: Job) => {
    const target = of(rollout).plan.targets[index]
    return target?.engineId ?? JSON.stringify(target?.access)
  }
  const isTaken = (job: Job) => {
    const engine = engineOf(job)
    return [...jobs.values()].some((other) => other.lease && engineOf(other) === engine)
  }

  const send = (rollout: string, message: RolloutMessage): Promise<void> => {
    const before = turns.get(rollout) ?? served(servers, early)
    const turn = before.then(() => servers[0]?.event(rollout, message))
    turns.set(
      rollout,
      turn.catch(() => {}),
    )
    return turn
  }

  const dispatch = () => {
    for (const server of servers) {
      for (const job of jobs.values()) {
        if (server.isClosed || server.busy >= server.parallel) break
        if (job.lease || !isForZone(job, server) || isTaken(job)) continue
        begin(server, job)
      }
    }
  }
  const isForZone = ({ rollout, index }: Job, { zone }: Server) =>
    zone === undefined || of(rollout).plan.targets[index]?.zone === zone

  const begin = (server: Server, job: Job) => {
    const { rollout, index, attempt, action } = job
    const task = { index, attempt, action }
    token += 1
    const lease = { worker: server.worker, token, until: time.now() + leaseTime }
    job.lease = lease
    watch(job, lease)
    server.busy += 1
    const work = server
      .target(rollout, task, lease)
      // A worker reports a failure in its record. If it could not, the target is handed out again after the lease.
      .catch(() => {})
      .then(() => {
        server.busy -= 1
        server.running.delete(work)
        const isHeld = job.lease?.token === lease.token
        if (isHeld && hasEnded(rollout, task)) {
          time.clearTimeout(job.timer)
          if (jobOf(rollout, index) === job) jobs.delete(`${rollout} ${index}`)
        }
        dispatch()
      })
    server.running.add(work)
  }
  /** Hands a job to another worker once its lease is over. */
  const watch = (job: Job, lease: Lease) => {
    const left = (job.lease?.until ?? 0) - time.now()
    job.timer = time.setTimeout(
      () => {
        if (job.lease?.token !== lease.token) return
        if (job.lease.until > time.now()) return watch(job, lease)
        delete job.lease
        // Moves the job behind those that are waiting.
        const key = `${job.rollout} ${job.index}`
        if (jobs.delete(key)) jobs.set(key, job)
        dispatch()
      },
      Math.max(1, left),
    )
  }
  const hasEnded = (rollout: string, { index, attempt }: TargetTask) => {
    const record = of(rollout).records[index]
    return record !== undefined && record.attempt >= attempt && isEnd(record)
  }

  return {
    async create(rollout, plan, records) {
      if (rollouts.has(rollout)) return
      log?.create(rollout, plan, records)
      rollouts.set(rollout, { plan, records: [...records], saved: undefined })
    },
    rollouts: async () => [...rollouts.keys()].reverse(),
    plan: async (rollout) => rollouts.get(rollout)?.plan,
    load: async (rollout) => rollouts.get(rollout)?.saved,
    async save(rollout, saved, expectedVersion) {
      const known = of(rollout)
      if ((known.saved?.version ?? 0) !== expectedVersion) return false
      log?.save(rollout, saved)
      known.saved = saved
      tell(rollout, { saved })
      return true
    },
    async remove(rollout, version) {
      const known = rollouts.get(rollout)
      if (!known) return true
      if (known.saved?.version !== version) return false
      log?.remove(rollout)
      for (const [name, job] of jobs) {
        if (job.rollout !== rollout) continue
        // A worker may still be returning.
        time.clearTimeout(job.timer)
        delete job.lease
        jobs.delete(name)
      }
      for (const [name, timer] of timers) {
        if (!name.startsWith(`${rollout} `)) continue
        time.clearTimeout(timer)
        timers.delete(name)
      }
      rollouts.delete(rollout)
      turns.delete(rollout)
      return true
    },
    async enqueue(rollout, tasks) {
      for (const task of tasks) {
        // The worker of the previous attempt may still be returning.
        const known = jobOf(rollout, task.index)
        if ((known && known.attempt >= task.attempt) || hasEnded(rollout, task)) continue
        jobs.set(`${rollout} ${task.index}`, { rollout, ...task })
      }
      dispatch()
    },
    event: send,
    async at(rollout, key, timer) {
      const name = `${rollout} ${key}`
      time.clearTimeout(timers.get(name))
      timers.delete(name)
      if (!timer) return
      const wait = () => {
        const left = timer.at - time.now()
        const call = left > LONGEST ? wait : () => void send(rollout, timer.event).catch(() => {})
        timers.set(name, time.setTimeout(call, Math.max(0, Math.min(left, LONGEST))))
      }
      wait()
    },
    records: async (rollout, query = {}) => select(of(rollout).records, query),
    async write(record, lease) {
      const { rollout, index } = record
      if (lease && !leaseOf(rollout, index, lease)) return false
      log?.record(record)
      of(rollout).records[index] = record
      tell(rollout, { record })
      return true
    },
    async extend(rollout, index, lease) {
      const job = jobOf(rollout, index)
      const held = leaseOf(rollout, index, lease)
      if (!job || !held) return undefined
      job.lease = { ...held, until: time.now() + leaseTime }
      return job.lease
    },
    subscribe(rollout, listener) {
      const all = listeners.get(rollout) ?? new Set()
      listeners.set(rollout, all.add(listener))
      return () => all.delete(listener)
    },
    async serve(handlers) {
      const server: Server = { ...handlers, busy: 0, running: new Set(), isClosed: false }
      servers.push(server)
      for (const ready of early.splice(0)) ready()
      dispatch()
      return async () => {
        server.isClosed = true
        servers.splice(servers.indexOf(server), 1)
        await Promise.all(server.running)
        if (servers.length > 0) return
        // The timers are saved, and the next server sets them again.
        for (const timer of timers.values()) time.clearTimeout(timer)
        timers.clear()
      }
    },
  }
}

/** Resolves once a server takes events. */
function served(servers: readonly Server[], early: (() => void)[]): Promise<void> {
  if (servers.length > 0) return Promise.resolve()
  return new Promise((resolve) => early.push(resolve))
}

function tokensOf({ records }: LocalRollout): number[] {
  return records.map(({ lease }) => lease?.token ?? 0)
}

function select(
  records: readonly TargetRecord[],
  { states, after = -1, limit = Number.POSITIVE_INFINITY }: RecordQuery,
): TargetRecord[] {
  const found: TargetRecord[] = []
  for (let index = after + 1; index < records.length && found.length < limit; index++) {
    const record = records[index]
    if (record && (!states || states.includes(record.state))) found.push(record)
  }
  return found
}
