import { join } from 'node:path'
import type { Part } from './part.ts'
import { type Plan, report } from './row.ts'
import { runProcess } from './runProcess.ts'

const PLAN: Plan = {
  what: 'a flow that waits for consent: memory',
  goal: { atMost: 14, unit: 'KiB' },
}

/** The memory that a flow holds for as long as a person thinks. */
export const waiting: Part = {
  name: 'waiting',
  plans: [PLAN],
  async measure() {
    const script = join(import.meta.dirname, 'waitingProcess.ts')
    const { stdout } = await runProcess(process.execPath, ['--import', 'tsx', script])
    return [report(PLAN, { value: Number(stdout), unit: 'KiB' }, 1)]
  },
}
