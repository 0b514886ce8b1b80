import type { Job, Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq'
import type { Redis } from 'ioredis'
import { type QueueAddress, withoutSecrets } from './address.ts'
import { loadPackage } from './packages.ts'

/** BullMQ's queues: one of events, and one of targets for each zone. A job is a hint that a record has to be looked at. */
export interface Jobs {
  /** An event whose id is waiting already is not added. */
  addEvent(data: unknown, options?: { id?: string; delay?: number }): Promise<void>
  removeEvent(id: string): Promise<void>
  /** A target whose id waits, or is worked on, is not added. */
  addTargets(
    zone: string | undefined,
    targets: readonly { id: string; data: unknown }[],
  ): Promise<void>
  /** Takes the jobs that wait away, of events and of the targets of these zones. One that a worker has stays with it. */
  remove(zones: readonly (string | undefined)[], isMeant: (data: unknown) => boolean): Promise<void>
  /** Handles events one at a time, whichever process takes them. Resolves with what ends it. */
  serveEvents(handle: (event: QueueJob) => Promise<void>): Promise<() => Promise<void>>
  /** The targets of one zone, to be fetched one by one. */
  targets(zone: string | undefined): Promise<TargetQueue>
  /** How many processes handle events. */
  workers(): Promise<number>
  close(): Promise<void>
}

export interface QueueJob {
  data: unknown
  /** It was handled before, and not to its end. */
  isAgain: boolean
}

export interface TargetQueue {
  next(): Promise<TargetJob | undefined>
  close(): Promise<void>
}

export interface TargetJob {
  /** Of this hand-out alone. */
  token: string
  data: unknown
  extend(ms: number): Promise<void>
  delay(ms: number): Promise<void>
  complete(): Promise<void>
}

export interface JobsOptions {
  /** Milliseconds after which the job of a worker that is silent goes to another one. */
  leaseTime: number
  /** Problems that pass, as of a connection. */
  onProblem(message: string): void
}

const PREFIX = 'plugin-flow'
const SCHEMA = 'plugin_flow_jobs'
const EVENTS = 'events'
/** Each queue and each worker has a pool of its own, next to its LISTEN connection. */
const CONNECTIONS = 2
/** A job that is lost time and again is not given up: a record says whether its target has ended. */
const MOST_STALLED = 1_000_000
/** An event is handled in less, and those of every rollout wait while its worker is lost. */
const EVENT_LOCK_MS = 10_000
/** How often an event is handled that fails, as where its server is away. */
const ATTEMPTS = 10
/** After an error of the connection. */
const RETRY_MS = 1_000
const GONE = { removeOnComplete: true, removeOnFail: true }

export function loadBullmq({ kind }: QueueAddress): Promise<typeof import('bullmq')> {
  return loadPackage('bullmq', kind, () => import('bullmq'))
}

/** @param redis the connection of a queue on Redis, which stays the caller's */
export async function openJobs(
  address: QueueAddress,
  redis: Redis | undefined,
  { leaseTime, onProblem }: JobsOptions,
): Promise<Jobs> {
  const bullmq = await loadBullmq(address)
  const connection = redis ?? {
    connectionString: address.url,
    schema: SCHEMA,
    migrate: true,
    max: CONNECTIONS,
  }
  const backend = redis ? bullmq.createRedisBackend : bullmq.createPostgresBackend
  const options = { connection, prefix: PREFIX } as QueueOptions
  const reportProblem = ({ message }: Error) => onProblem(withoutSecrets(message, address))
  const listening = <Opened extends Queue | Worker>(opened: Opened): Opened => {
    ;(opened as Queue).on('error', reportProblem)
    return opened
  }
  const openQueue = (name: string): Queue =>
    listening(new bullmq.Queue(name, options, backend as never))
  const openWorker = (
    name: string,
    processor: ((job: Job) => Promise<void>) | null,
    lockDuration = leaseTime,
  ): Worker => {
    const settings: WorkerOptions = {
      ...options,
      autorun: false,
      lockDuration,
      stalledInterval: lockDuration / 2,
      maxStalledCount: MOST_STALLED,
      runRetryDelay: RETRY_MS,
    }
    return listening(new bullmq.Worker(name, processor, settings, backend as never))
  }
  const events = openQueue(EVENTS)
  try {
    await events.setGlobalConcurrency(1)
  } catch (error) {
    await events.close()
    throw error
  }
  const zones = new Map<string, Queue>()
  const queueOf = (zone: string | undefined): Queue => {
    const name = nameOf(zone)
    const queue = zones.get(name) ?? openQueue(name)
    zones.set(name, queue)
    return queue
  }

  return {
    async addEvent(data, { id, delay } = {}) {
      await events.add('event', data, {
        ...GONE,
        attempts: ATTEMPTS,
        backoff: RETRY_MS,
        ...(id !== undefined && { jobId: id }),
        ...(delay !== undefined && { delay }),
      })
    },
    async removeEvent(id) {
      await events.remove(id)
    },
    async addTargets(zone, targets) {
      const jobs = targets.map(({ id, data }) => ({
        name: 'target',
        data,
        opts: { ...GONE, jobId: id },
      }))
      await queueOf(zone).addBulk(jobs)
    },
    async remove(zones, isMeant) {
      for (const queue of [events, ...zones.map(queueOf)]) {
        const waiting = await queue.getJobs(['waiting', 'delayed'])
        const meant = waiting.filter((job) => job && isMeant(job.data))
        // A worker may have taken it meanwhile.
        await Promise.all(meant.map((job) => job.remove().catch(() => {})))
      }
    },
    async serveEvents(handle) {
      const worker = openWorker(
        EVENTS,
        ({ data, stalledCounter, attemptsMade }) =>
          handle({ data, isAgain: stalledCounter + attemptsMade > 0 }),
        Math.min(leaseTime, EVENT_LOCK_MS),
      )
      worker.on('failed', (_, error) => reportProblem(error))
      await worker.waitUntilReady()
      void worker.run().catch(reportProblem)
      return () => worker.close()
    },
    async targets(zone) {
      const worker = openWorker(nameOf(zone), null)
      await worker.waitUntilReady()
      await worker.startStalledCheckTimer()
      let count = 0
      return {
        async next() {
          count += 1
          const token = `${worker.id}:${count}`
          const job = await worker.getNextJob(token, { block: false })
          return job && targetJob(job, token)
        },
        close: () => worker.close(),
      }
    },
    workers: () => events.getWorkersCount(),
    async close() {
      await Promise.all([events, ...zones.values()].map((queue) => queue.close()))
    },
  }
}

function targetJob(job: Job, token: string): TargetJob {
  return {
    token,
    data: job.data,
    async extend(ms) {
      await job.extendLock(token, ms)
    },
    delay: (ms) => job.moveToDelayed(Date.now() + ms, token),
    async complete() {
      await job.moveToCompleted(undefined, token, false)
    },
  }
}

/** A name of a queue has no colon, and a zone may have anything. */
function nameOf(zone: string | undefined): string {
  return zone === undefined ? 'targets' : `targets-${Buffer.from(zone).toString('base64url')}`
}
