import { suite } from '../support/suite.ts'
import { attempt } from './attempt.ts'
import { resetFaults } from './cutFaults.ts'
import type { Fault } from './fault.ts'
import { nameOf } from './fault.ts'
import { wrongHoldings } from './judgeEnd.ts'
import { proxyFaults } from './statusFaults.ts'
import { assertWell, inParallel, shown } from './tryFaults.ts'

/** Look-ups that come after the engine has answered once: what passes by itself does no harm. */
const LOOKS: readonly string[] = ['privileges', 'distribution', 'inspect', 'verify']

const passing: readonly Fault[] = [
  ...resetFaults(),
  ...proxyFaults().filter(({ detail }) => /with 50[234]/.test(detail)),
].filter(({ role, always, deed }) => LOOKS.includes(role) && !always && !deed)

suite('faults :: tried again', (test) => {
  test('a look-up that was not answered, once :: does no harm', async () => {
    const problems: string[] = []
    await inParallel(passing, 50, async (fault) => {
      const policy = { retry: { attempts: 2, baseMs: 20 } }
      const end = await attempt({ story: 'succeeds', faults: [fault], options: { policy } })
      const problem = end.code === 'done' ? wrongHoldings(end) : 'it is not done'
      if (problem !== undefined) problems.push(`${nameOf(fault)}: ${problem}: ${shown(end)}`)
    })
    const tried = passing.length
    assertWell('tried again', { tried, endedWell: tried - problems.length, problems })
  })
})
