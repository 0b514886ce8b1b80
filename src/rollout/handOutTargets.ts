import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import { isEnd, type Lease, type TargetRecord } from '../../machines/rollout/records.ts'
import type { Time } from '../flow/retry/time.ts'
import type { RunnerHandlers, TargetTask } from './runner.ts'

interface HandOutOptions {
  leaseTime: number
  time: Time
  /** The greatest token of a lease that an earlier process has given out. */
  lastToken: number
  /** A rollout as it is now. */
  of(rollout: string): { plan: RolloutPlan; records: readonly TargetRecord[] }
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

/** Hands targets out to the servers of this process, each under a lease, and again once that is over. */
export function handOutTargets({ leaseTime, time, lastToken, of }: HandOutOptions) {
  /** By rollout and index, in the order in which they were handed out. */
  const jobs = new Map<string, Job>()
  const servers: Server[] = []
  let token = lastToken

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
  const isForZone = ({ rollout, index }: Job, { zone }: Server) =>
    zone === undefined || of(rollout).plan.targets[index]?.zone === zone
  const hasEnded = (rollout: string, { index, attempt }: TargetTask) => {
    const record = of(rollout).records[index]
    return record !== undefined && record.attempt >= attempt && isEnd(record)
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

  return {
    leaseOf,
    add(rollout: string, tasks: readonly TargetTask[]): void {
      for (const task of tasks) {
        // The worker of the previous attempt may still be returning.
        const known = jobOf(rollout, task.index)
        if ((known && known.attempt >= task.attempt) || hasEnded(rollout, task)) continue
        jobs.set(`${rollout} ${task.index}`, { rollout, ...task })
      }
      dispatch()
    },
    extend(rollout: string, index: number, lease: Lease): Lease | undefined {
      const job = jobOf(rollout, index)
      const held = leaseOf(rollout, index, lease)
      if (!job || !held) return undefined
      job.lease = { ...held, until: time.now() + leaseTime }
      return job.lease
    },
    /** Hands nothing of a rollout out any more. */
    remove(rollout: string): void {
      for (const [name, job] of jobs) {
        if (job.rollout !== rollout) continue
        // A worker may still be returning.
        time.clearTimeout(job.timer)
        delete job.lease
        jobs.delete(name)
      }
    },
    /** Returns what hands no more targets to this server, and waits for those that it has. */
    serve(handlers: RunnerHandlers): () => Promise<unknown> {
      const server: Server = { ...handlers, busy: 0, running: new Set(), isClosed: false }
      servers.push(server)
      dispatch()
      return () => {
        server.isClosed = true
        servers.splice(servers.indexOf(server), 1)
        return Promise.all(server.running)
      }
    },
  }
}
