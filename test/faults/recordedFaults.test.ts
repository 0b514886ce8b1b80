import { suite } from '../support/suite.ts'
import { attempt, type End } from './attempt.ts'
import { wrongHoldings } from './judgeEnd.ts'
import { type RecordedFault, recordedFaults } from './recordedFaults.ts'
import type { Role } from './recordedInstall.ts'
import { faultSeed } from './seed.ts'
import { assertWell, inParallel, shown } from './tryFaults.ts'

type Code = End['code']

/** Most of the time they wait for a pull that may still come to its end. */
const AT_ONCE = 150

/** The codes for a cut answer, and for a refusal whose words were cut. */
const CUT: Readonly<Partial<Record<Role, readonly Code[]>>> = {
  privileges: ['engine-unreachable', 'engine-failed'],
  inspect: ['engine-unreachable', 'engine-failed'],
  pull: ['pull-interrupted', 'pull-failed'],
  verify: ['engine-unreachable', 'engine-failed'],
  set: ['engine-unreachable', 'set-failed'],
  enable: ['engine-unreachable', 'enable-failed'],
  delete: ['plugin-did-not-listen'],
}

suite('faults :: every recorded answer', (test) => {
  test('whole or cut :: as the whole one ends, or as a cut one', async () => {
    const faults = recordedFaults(faultSeed)
    const whole = new Map<string, Code>()
    const problems: string[] = []
    const check = async (fault: RecordedFault) => {
      const { role, story, scenario, isCut } = fault
      const end = await attempt({ story, faults: [fault] })
      const key = `${scenario} ${role}`
      if (!isCut) whole.set(key, end.code)
      const mayEnd = isCut ? [whole.get(key), ...(CUT[role] ?? [])] : [end.code]
      const problem = mayEnd.includes(end.code) ? holdings(end) : 'no such end is allowed'
      if (problem !== undefined) {
        problems.push(`${scenario} as ${role}, ${fault.detail}: ${problem}: ${shown(end)}`)
      }
    }
    for (const isCut of [false, true]) {
      const part = faults.filter((fault) => fault.isCut === isCut)
      await inParallel(part, AT_ONCE, check)
    }
    const tried = faults.length
    assertWell('every recorded answer', { tried, endedWell: tried - problems.length, problems })
  })
})

/** By what is shown, the plugin is another client's, or was enabled by one. */
const LEFT: readonly Code[] = ['plugin-gone', 'changed-by-others']

function holdings(end: End): string | undefined {
  return wrongHoldings(end, LEFT.includes(end.code) ? { leavesIt: true } : undefined)
}
