import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Part } from './part.ts'
import { measureQueues, queuePlans } from './rolloutQueue.ts'
import { broke, compare, type Plan, type Row, report } from './row.ts'
import { runProcess } from './runProcess.ts'

/** The figures that a process reports of the rollout that it carried out. */
export interface RolloutFigures {
  done: number
  ms: number
  /** Milliseconds of the processor, the simulated engines included. */
  cpuPerTarget: number
  /** Milliseconds of the longest turn of the event loop. */
  longestTurn: number
  peakMB: number
}

const FEW = 1_000
const COUNTS = [FEW, 10_000]
const LIMIT_MS = 900_000

/** A rollout in one process, on a simulated engine for each target, with its records in a folder; and by the workers of a queue. */
export const rollout: Part = {
  name: 'rollout',
  plans: [...COUNTS.flatMap((count) => Object.values(plansOf(count))), ...queuePlans],
  async measure() {
    const rows: Row[] = []
    let few: RolloutFigures | undefined
    for (const count of COUNTS) {
      const figures = await run(count)
      few ??= figures
      const plans = plansOf(count)
      rows.push(
        report(plans.done, { value: figures.done, unit: 'targets' }, 1),
        report(plans.time, { value: figures.ms / 1_000, unit: 's' }, 1),
        compare(plans.cpu, 'ms', [figures.cpuPerTarget], [few.cpuPerTarget]),
        report(plans.turn, { value: figures.longestTurn, unit: 'ms' }, 1),
        report(plans.memory, { value: figures.peakMB, unit: 'MB' }, 1),
      )
    }
    // The figures of one process stay where a queue cannot be measured.
    const queues = await measureQueues().catch((error) =>
      queuePlans.map((plan) => broke(plan, error)),
    )
    return [...rows, ...queues]
  },
}

function plansOf(count: number) {
  const what = `rollout on ${count} engines`
  const isFew = count === FEW
  return {
    done: { what: `${what}: done`, goal: { atLeast: count, unit: 'targets' } },
    time: { what: `${what}: time`, goal: { atMost: isFew ? 60 : 600, unit: 's' } },
    cpu: {
      what: `${what}: CPU of a target`,
      against: `of ${FEW} engines`,
      goal: { atMost: 1.2, unit: 'x' },
    },
    turn: { what: `${what}: longest turn`, goal: { atMost: 250, unit: 'ms' } },
    memory: { what: `${what}: peak memory`, goal: { atMost: isFew ? 300 : 1_000, unit: 'MB' } },
  } satisfies Record<string, Plan>
}

async function run(targets: number): Promise<RolloutFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-rollout-'))
  try {
    const script = join(import.meta.dirname, 'rolloutProcess.ts')
    const { stdout } = await runProcess(
      process.execPath,
      ['--import', 'tsx', script, folder, String(targets)],
      { limit: LIMIT_MS },
    )
    return JSON.parse(stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
