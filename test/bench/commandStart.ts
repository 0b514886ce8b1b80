import { COMMAND } from './built.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { broke, compare, type Plan, type Row } from './row.ts'
import { runProcess } from './runProcess.ts'

const ROUNDS = { warmUps: 5, rounds: 100, budget: 15_000 }

/** The node of this process, and the one that `BENCH_NODE` names. */
const NODES = [process.execPath, process.env.BENCH_NODE].filter((node) => node !== undefined)

/** The time that the built command adds to the start of node. */
export const commandStart: Part = {
  name: 'start',
  plans: NODES.map(() => planOf('')),
  async measure() {
    const rows: Row[] = []
    for (const node of NODES) rows.push(await measureNode(node))
    return rows
  },
}

function planOf(version: string): Plan {
  return {
    what: `plugin-flow --version${version}`,
    against: 'node -e 0',
    goal: { atMost: 1.2, unit: 'x' },
  }
}

async function measureNode(node: string): Promise<Row> {
  let plan = planOf(` (${node})`)
  try {
    plan = planOf(`, node ${(await runProcess(node, ['--version'])).stdout.trim()}`)
    const command = async () => {
      const { ms, stdout } = await runProcess(node, [COMMAND, '--version'])
      if (!/^plugin-flow \d/.test(stdout)) throw new Error(`--version prints ${stdout}`)
      return ms
    }
    const bare = async () => (await runProcess(node, ['-e', '0'])).ms
    const taken = await takeRounds({ command, bare }, ROUNDS)
    return compare(plan, 'ms', taken.command, taken.bare)
  } catch (error) {
    return broke(plan, error)
  }
}
