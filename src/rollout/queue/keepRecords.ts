import { randomUUID } from 'node:crypto'
import type { RolloutStore } from '../../../adapters/queue/store.ts'
import { defined } from '../../../machines/defined.ts'
import type { PlannedTarget, RolloutPlan } from '../../../machines/rollout/plan.ts'
import { isEnd, type Lease, type TargetRecord } from '../../../machines/rollout/records.ts'
import { hashText } from '../hash.ts'
import { parsePlan } from '../planFile.ts'
import type { Runner, SavedRollout } from '../runner.ts'
import { followChanges } from './followChanges.ts'
import { inTime } from './inTime.ts'
import type { HeldTargets } from './workOnTargets.ts'

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

type RunnerRecords = Pick<
  Runner,
  'plan' | 'load' | 'save' | 'records' | 'write' | 'extend' | 'subscribe'
>

interface KeptRecords extends RunnerRecords {
  changes(rollout: string, since?: ChangesSince): Promise<RolloutChanges | undefined>
  target(rollout: string, index: number): Promise<PlannedTarget | undefined>
  /** Of two targets that are one engine only one is worked on at a time. */
  engineOf(rollout: string, index: number): Promise<string>
  /** Reads a plan again, as where it was removed. */
  forget(rollout: string): void
  close(): void
}

interface KeepOptions {
  leaseTime: number
  held: HeldTargets
  onProblem(error: unknown): void
}

const PAGE = 500

/** The plans, machines and records of rollouts in Redis or PostgreSQL, written under the leases that this process holds. */
export function keepRecords(
  store: RolloutStore,
  { leaseTime, held, onProblem }: KeepOptions,
): KeptRecords {
  const writer = randomUUID()
  const plans = new Map<string, Promise<RolloutPlan | undefined>>()
  const changes = followChanges(store, onProblem)

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
  const target = async (rollout: string, index: number) => (await plan(rollout))?.targets[index]
  const engineOf = async (rollout: string, index: number): Promise<string> => {
    const found = await target(rollout, index)
    const engine = found?.engineId ?? JSON.stringify(found?.access ?? null)
    return hashText(engine)
  }
  const untilOf = ({ token, until }: Lease) => Math.max(until, held.get(token)?.until ?? 0)

  return {
    plan,
    target,
    engineOf,
    forget: (rollout) => void plans.delete(rollout),
    load: async (rollout) => parse<SavedRollout>(await store.load(rollout)),
    save: (rollout, saved, expected) =>
      store.save(rollout, JSON.stringify(saved), {
        is: saved.version,
        expected,
        writer: `${writer} ${hashText(JSON.stringify(saved))}`,
      }),
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
      const isWritten = await inTime(untilOf(lease), () =>
        store.write(rollout, index, text, holding),
      )
      const current = held.get(lease.token)
      if (isWritten && current) current.hasEnded = isEnd(record)
      return isWritten
    },
    async extend(rollout, index, lease) {
      const engine = await engineOf(rollout, index)
      const until = Date.now() + leaseTime
      const isHeld = await inTime(untilOf(lease), () =>
        store.extend({ engine, token: lease.token }, leaseTime),
      )
      if (!isHeld) return undefined
      const current = held.get(lease.token)
      if (current) current.until = until
      // Without it another worker fetches the job, and finds the lease.
      void current?.job.extend(leaseTime).catch(() => {})
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
    close: changes.close,
  }
}

function parse<Value>(text: string): Value
function parse<Value>(text: string | undefined): Value | undefined
function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}
