import { EventEmitter } from 'node:events'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { defined } from '../../../machines/defined.ts'
import type { RolloutEvent } from '../../../machines/rollout/events.ts'
import type { RolloutPlan } from '../../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../../machines/rollout/records.ts'
import { pageRollouts } from '../../../src/command/rollout/pageRollouts.ts'
import { hashPlan } from '../../../src/rollout.ts'
import type { Rollouts } from '../../../src/ui/rollouts.ts'
import { collected } from '../../src/command/collect.ts'
import { begun, type Snapshot, send } from '../../support/rolloutChart.ts'
import { planFor } from '../../support/rolloutStage.ts'

export const ROLLOUT = '20260101000000-0badcafe'

export interface RolloutFolder {
  rollouts: Rollouts
  /** Writes down a record of each of these targets, as the process of a rollout does. */
  write(records: readonly (Pick<TargetRecord, 'index' | 'state'> & Partial<TargetRecord>)[]): void
  /** Writes down the machine in this state. */
  save(snapshot: Snapshot): void
  /** The orders that the page gave: `retry failed`. */
  orders: string[]
}

/** A state folder with a rollout of so many targets, which rolls: the test stands for the process that carries it out. */
export async function onRolloutFolder(
  size: number,
  act: (folder: RolloutFolder) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'rollouts-'))
  const folder = join(home, 'plugin-flow/rollouts', ROLLOUT)
  const { hash: _, ...plan }: RolloutPlan = await planFor(size)
  const targets = plan.targets.map((target, index) => ({
    ...target,
    id: `db-${index}`,
    zone: ZONES[index % ZONES.length] ?? '',
  }))
  const orders: string[] = []
  let now = begun(size)
  let version = 0
  const write: RolloutFolder['write'] = (records) => {
    const lines = records.map(({ index, ...changes }) => {
      const { id: target, zone } = targets[index] ?? {}
      const facts = { rollout: ROLLOUT, index, target, zone, attempt: 1, times: {} }
      return `${JSON.stringify({ ...facts, ...changes })}\n`
    })
    appendFileSync(join(folder, 'records.jsonl'), lines.join(''))
  }
  const save = (snapshot: Snapshot) => {
    now = snapshot
    const { value, context, status } = now
    version += 1
    const saved = { version, event: 'pause', snapshot: { value, context, status }, timers: {} }
    appendFileSync(join(folder, 'states.jsonl'), `${JSON.stringify(saved)}\n`)
  }
  try {
    mkdirSync(folder, { recursive: true })
    const made = { ...plan, targets }
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ ...made, hash: hashPlan(made) }))
    write(targets.map((_, index) => ({ index, state: 'queued', attempt: 0 })))
    save(now)
    const streams = { stdin: new PassThrough(), stdout: collected(), stderr: collected() }
    const signals = new EventEmitter()
    const page = pageRollouts({ ...streams, signals, env: { XDG_STATE_HOME: home } })
    const order: Rollouts['order'] = async (_id, given, only) => {
      orders.push(only ? `${given} ${only}` : given)
      const event = { type: given, ...defined({ only }) } as RolloutEvent
      save(given === 'grant' ? begun(size) : send(now, event))
    }
    await act({ rollouts: { ...page.rollouts, order }, write, save, orders })
  } finally {
    rmSync(home, { recursive: true })
  }
}

const ZONES = ['eu', 'us', 'ap']
