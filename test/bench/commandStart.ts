import { COMMAND } from './built.ts'
import type { Part } from './part.ts'
import { takeRounds } from './rounds.ts'
import { compare, type Plan } from './row.ts'
import { runProcess } from './runProcess.ts'

const PLAN: Plan = {
  what: 'plugin-flow --version',
  against: 'node -e 0',
  goal: { atMost: 1.5, unit: 'x' },
}
const ROUNDS = { warmUps: 5, rounds: 100, budget: 15_000 }

/** What the built command adds to the start of node. */
export const commandStart: Part = {
  name: 'start',
  plans: [PLAN],
  async measure() {
    const command = async () => {
      const { ms, stdout } = await runProcess(process.execPath, [COMMAND, '--version'])
      if (!/^plugin-flow \d/.test(stdout)) throw new Error(`--version prints ${stdout}`)
      return ms
    }
    const node = async () => (await runProcess(process.execPath, ['-e', '0'])).ms
    const taken = await takeRounds({ command, node }, ROUNDS)
    return [compare(PLAN, 'ms', taken.command, taken.node)]
  },
}
