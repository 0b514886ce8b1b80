import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { catalogue } from '../../machines/catalogue.ts'
import { suite } from '../support/suite.ts'
import { attempt, type End } from './attempt.ts'
import { wrongHoldings } from './judgeEnd.ts'
import { inPieces, place, type RandomFault, randomFault } from './randomFault.ts'
import { roles } from './recordedInstall.ts'
import { faultSeed } from './seed.ts'
import { inParallel, shown } from './tryFaults.ts'

/** Flows at once, which are one run of a property: most of their time they wait. */
const AT_ONCE = 100

interface Tries {
  tried: number
}

/** Runs flows at once, and names those that ended as they may not. */
async function each<T>(
  tries: Tries,
  given: readonly T[],
  run: (one: T) => Promise<End>,
  problemOf: (end: End) => string | undefined,
  name: (one: T) => string,
): Promise<void> {
  const problems: string[] = []
  await inParallel(given, AT_ONCE, async (one) => {
    const end = await run(one)
    tries.tried++
    const problem = problemOf(end)
    if (problem !== undefined) problems.push(`${name(one)}: ${problem}: ${shown(end)}`)
  })
  assert.equal(problems, [])
}

/** A failure names its faults; fast-check would print all that were tried with them. */
async function check<T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  const { errorInstance } = await fc.check(property, {
    numRuns,
    seed: faultSeed,
    endOnFailure: true,
  })
  if (!errorInstance) return
  console.log(`\n   FAULT_SEED=${faultSeed} tries the same again`)
  throw errorInstance
}

/** Whatever the code: a final state, a code of the catalogue, and an engine that is as is said. */
function problemOf(end: End): string | undefined {
  if (end.code !== 'done' && !(end.code in catalogue)) return 'no code of the catalogue'
  if (end.code === 'host-failed') return 'an engine’s answer is no fault of the host'
  // By what was shown, somebody else's plugin has the name.
  return wrongHoldings(end, end.code === 'plugin-gone' ? { leavesIt: true } : undefined)
}

function named(faults: readonly RandomFault[]): string {
  return faults.map(({ role, detail }) => `${role}: ${detail}`).join(' and ')
}

suite('faults :: random', (test) => {
  for (const story of ['succeeds', 'fails'] as const) {
    test(`two faults in one install that ${story}`, async () => {
      const tries = { tried: 0 }
      const pair = fc.tuple(randomFault(story), randomFault(story))
      const pairs = fc.array(pair, { minLength: AT_ONCE, maxLength: AT_ONCE })
      const run = (faults: RandomFault[]) =>
        attempt({ story, faults, patience: faults[0]?.patience ?? 0 })
      const property = fc.asyncProperty(pairs, (all) => each(tries, all, run, problemOf, named))
      await check(property, 3)
      console.log(`\n   two at once, ${story}: ${tries.tried} tried, ${tries.tried} ended well`)
    })
  }

  test('every answer in pieces :: harms nothing', async () => {
    const tries = { tried: 0 }
    const pieces = fc.array(place, { maxLength: 30 })
    const flows = fc.array(pieces, { minLength: AT_ONCE, maxLength: AT_ONCE })
    const run = (shares: number[]) => {
      const faults = roles.map((role) => ({ role, strike: inPieces(shares), always: true }))
      return attempt({ story: 'succeeds', faults })
    }
    const isDone = (end: End) => (end.code === 'done' ? wrongHoldings(end) : 'it is not done')
    const property = fc.asyncProperty(flows, (all) =>
      each(tries, all, run, isDone, (shares) => `split at ${shares}`),
    )
    await check(property, 1)
    console.log(`\n   in pieces: ${tries.tried} tried, ${tries.tried} ended well`)
  })
})
