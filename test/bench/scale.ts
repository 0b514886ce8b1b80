import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeNoCredentials } from '../support/noCredentials.ts'
import type { Part } from './part.ts'
import { compare, type Plan, type Row, report } from './row.ts'
import { runProcess } from './runProcess.ts'
import { type EmbeddedProcess, startEmbedded } from './startEmbedded.ts'

/** The task of a process of flows. */
export interface ScaleTask {
  reference: string
  /** The folder of a Docker config without credentials. */
  config: string
  /** `0.sock` and so on, one for each engine. */
  sockets: { folder: string; count: number }
  flows: number
}

/** The figures that a process of flows reports. */
export interface ScaleFigures {
  done: number
  /** How many failed, by the reason. */
  failures: Record<string, number>
  /** Names of the warnings of Node.js. */
  warnings: string[]
  ms: number
  /** Milliseconds of the processor, the engine's not included. */
  cpuPerFlow: number
  /** Milliseconds of the longest turn of the event loop. */
  longestTurn: number
  peakMB: number
}

const FEW = 100
const COUNTS = [FEW, 1_000, 10_000]
const DESCRIPTORS = 1_024
const LIMIT_MS = 600_000
const WAYS = ['an engine each', 'one engine'] as const
type Way = (typeof WAYS)[number]

/** Many flows that begin in one tick, in a process that may open 1,024 descriptors. */
export const scale: Part = {
  name: 'scale',
  plans: WAYS.flatMap((way) => COUNTS.flatMap((count) => Object.values(plansOf(way, count)))),
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-scale-'))
    try {
      const rows: Row[] = []
      for (const way of WAYS) rows.push(...(await measureWay(way, folder)))
      return rows
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

async function measureWay(way: Way, folder: string): Promise<Row[]> {
  const rows: Row[] = []
  let few: ScaleFigures | undefined
  for (const count of COUNTS) {
    const figures = await run(way, count, join(folder, `${WAYS.indexOf(way)}-${count}`))
    few ??= figures
    const plans = plansOf(way, count)
    rows.push(
      report(plans.done, { value: figures.done, unit: 'flows' }, 1),
      compare(plans.cpu, 'ms', [figures.cpuPerFlow], [few.cpuPerFlow]),
      report(plans.turn, { value: figures.longestTurn, unit: 'ms' }, 1),
      report(plans.memory, { value: figures.peakMB, unit: 'MB' }, 1),
    )
    const { failures, warnings, ms } = figures
    process.stderr.write(
      `${count} flows, ${way}: ${(ms / 1_000).toFixed(1)} s ${JSON.stringify({ failures, warnings })}\n`,
    )
  }
  return rows
}

function plansOf(way: Way, count: number) {
  const what = `${count} flows, ${way}`
  return {
    done: { what: `${what}: done`, goal: { atLeast: count, unit: 'flows' } },
    cpu: {
      what: `${what}: CPU of a flow`,
      against: `of ${FEW} flows`,
      goal: { atMost: 1.2, unit: 'x' },
    },
    turn: { what: `${what}: longest turn`, goal: { atMost: 250, unit: 'ms' } },
    memory: { what: `${what}: peak memory`, goal: { atMost: 600, unit: 'MB' } },
  } satisfies Record<string, Plan>
}

async function run(way: Way, flows: number, folder: string): Promise<ScaleFigures> {
  mkdirSync(folder)
  const config = join(folder, 'config')
  writeNoCredentials(config)
  let embedded: EmbeddedProcess | undefined
  try {
    embedded = await startEmbedded()
    const { host, reference } = embedded
    const sockets = { folder, count: way === 'one engine' ? 1 : flows }
    makeAddresses(host, sockets)
    const script = join(import.meta.dirname, 'scaleProcess.ts')
    const task: ScaleTask = { reference, config, sockets, flows }
    const command = `ulimit -n ${DESCRIPTORS}; exec "$@"`
    const { stdout } = await runProcess(
      'sh',
      ['-c', command, 'sh', process.execPath, '--import', 'tsx', script, JSON.stringify(task)],
      { limit: LIMIT_MS },
    )
    return JSON.parse(stdout)
  } finally {
    await embedded?.stop()
  }
}

/** So many addresses of one engine: every flow has an engine of its own, as far as it can tell. */
function makeAddresses(host: string, { folder, count }: ScaleTask['sockets']): void {
  for (let index = 0; index < count; index++) {
    symlinkSync(host.slice('unix://'.length), join(folder, `${index}.sock`))
  }
}
