import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeNoCredentials } from '../support/noCredentials.ts'
import { COMMAND } from './built.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { broke, compare, type Plan, type Row } from './row.ts'
import { runProcess } from './runProcess.ts'
import { type EmbeddedProcess, startEmbedded } from './startEmbedded.ts'

const ROUNDS = { warmUps: 5, rounds: 100, budget: 20_000 }

/** The node of this process, and the one that `BENCH_NODE` names. */
export const NODES = [process.execPath, process.env.BENCH_NODE].filter((node) => node !== undefined)

/** The time that the built command adds to the start of node, and that of one that asks an engine once. */
export const commandStart: Part = {
  name: 'start',
  plans: NODES.flatMap(() => Object.values(plansOf(''))),
  async measure() {
    const config = mkdtempSync(join(tmpdir(), 'plugin-flow-bench-'))
    let embedded: EmbeddedProcess | undefined
    try {
      writeNoCredentials(config)
      embedded = await startEmbedded()
      const rows: Row[] = []
      for (const node of NODES) rows.push(...(await measureNode(node, embedded.host, config)))
      return rows
    } finally {
      await embedded?.stop()
      rmSync(config, { recursive: true })
    }
  },
}

function plansOf(version: string) {
  const against = 'node -e 0'
  return {
    version: {
      what: `plugin-flow --version${version}`,
      against,
      goal: { atMost: 1.2, unit: 'x' },
    },
    list: { what: `plugin-flow ls${version}`, against, goal: { atMost: 70, unit: 'ms' } },
  } satisfies Record<string, Plan>
}

async function measureNode(node: string, host: string, config: string): Promise<Row[]> {
  let plans = plansOf(` (${node})`)
  try {
    plans = plansOf(await versionOf(node))
    const run = async (args: readonly string[], expected: RegExp) => {
      const env = { ...process.env, DOCKER_CONFIG: config }
      const { ms, stdout } = await runProcess(node, args, { env })
      if (!expected.test(stdout)) throw new Error(`${args.join(' ')} prints ${stdout}`)
      return ms
    }
    const taken = await takeRounds(
      {
        version: () => run([COMMAND, '--version'], /^plugin-flow \d/),
        list: () => run([COMMAND, 'ls', '-H', host], /^ID/),
        bare: () => run(['-e', '0'], /^$/),
      },
      ROUNDS,
    )
    return [
      compare(plans.version, 'ms', taken.version, taken.bare),
      compare(plans.list, 'ms', taken.list, taken.bare),
    ]
  } catch (error) {
    return Object.values(plans).map((plan) => broke(plan, error))
  }
}

/** As it is written behind the name of a row. */
export async function versionOf(node: string): Promise<string> {
  return `, node ${(await runProcess(node, ['--version'])).stdout.trim()}`
}
