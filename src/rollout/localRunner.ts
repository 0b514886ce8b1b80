import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import { processTime, type Time } from '../flow/retry/time.ts'
import { handOutTargets } from './handOutTargets.ts'
import type {
  RecordQuery,
  RolloutChange,
  RolloutMessage,
  Runner,
  RunnerHandlers,
  SavedRollout,
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

/** The longest delay of a timer in Node.js. */
const LONGEST = 2 ** 31 - 1

/** Wall-clock time, which can be compared with the records of an earlier process. */
export const wallTime: Time = { ...processTime, now: () => Date.now() }

/** A runner within this process. */
export function createLocalRunner(options: LocalRunnerOptions = {}): Runner {
  const { leaseTime = 30_000, time = wallTime, log } = options
  const rollouts = new Map<string, LocalRollout>(options.known)
  const listeners = new Map<string, Set<(change: RolloutChange) => void>>()
  const timers = new Map<string, unknown>()
  const servers: RunnerHandlers[] = []
  /** Calls that release the messages sent before there was a server. */
  const early: (() => void)[] = []
  const turns = new Map<string, Promise<void>>()

  const of = (rollout: string): LocalRollout => {
    const known = rollouts.get(rollout)
    if (!known) throw new RangeError(`there is no rollout ${rollout}`)
    return known
  }
  const tell = (rollout: string, change: RolloutChange) => {
    for (const listener of listeners.get(rollout) ?? []) listener(change)
  }
  const targets = handOutTargets({ leaseTime, time, lastToken: lastTokenOf(rollouts.values()), of })

  const send = (rollout: string, message: RolloutMessage): Promise<void> => {
    const before = turns.get(rollout) ?? served(servers, early)
    const turn = before.then(() => servers[0]?.event(rollout, message))
    turns.set(
      rollout,
      turn.catch(() => {}),
    )
    return turn
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
      targets.remove(rollout)
      for (const [name, timer] of timers) {
        if (!name.startsWith(`${rollout} `)) continue
        time.clearTimeout(timer)
        timers.delete(name)
      }
      rollouts.delete(rollout)
      turns.delete(rollout)
      return true
    },
    enqueue: async (rollout, tasks) => targets.add(rollout, tasks),
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
      if (lease && !targets.leaseOf(rollout, index, lease)) return false
      log?.record(record)
      of(rollout).records[index] = record
      tell(rollout, { record })
      return true
    },
    extend: async (rollout, index, lease) => targets.extend(rollout, index, lease),
    subscribe(rollout, listener) {
      const all = listeners.get(rollout) ?? new Set()
      listeners.set(rollout, all.add(listener))
      return () => all.delete(listener)
    },
    async serve(handlers) {
      servers.push(handlers)
      for (const ready of early.splice(0)) ready()
      const stop = targets.serve(handlers)
      return async () => {
        servers.splice(servers.indexOf(handlers), 1)
        await stop()
        if (servers.length > 0) return
        // The timers are saved, and the next server sets them again.
        for (const timer of timers.values()) time.clearTimeout(timer)
        timers.clear()
      }
    },
  }
}

/** Resolves once a server takes events. */
function served(servers: readonly unknown[], early: (() => void)[]): Promise<void> {
  if (servers.length > 0) return Promise.resolve()
  return new Promise((resolve) => early.push(resolve))
}

/** There may be more records than a call can have arguments. */
function lastTokenOf(rollouts: Iterable<LocalRollout>): number {
  let last = 0
  for (const { records } of rollouts) {
    for (const { lease } of records) last = Math.max(last, lease?.token ?? 0)
  }
  return last
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
