import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { catalogue } from '../../machines/catalogue.ts'
import { suite } from '../support/suite.ts'
import { attemptUpgrade, SECRET, type UpgradeAttempt, type UpgradeEnd } from './attemptUpgrade.ts'
import { otherValue, place, type Struck, struck } from './randomFault.ts'
import { faultSeed } from './seed.ts'
import { inParallel } from './tryFaults.ts'

/** More answers than an upgrade waits for. */
const ANSWERS = 40
const TRIES = 160
const AT_ONCE = 20

/** The engine quotes what it was sent. */
const quotes = place.map((share) => otherValue('the secret', share, `"LEVEL=${SECRET}"`))

const attempts: fc.Arbitrary<UpgradeAttempt & Struck> = fc
  .record({
    reference: fc.constantFrom('acme/notes:2.0', 'acme/notes:3.0'),
    mode: fc.constantFrom('inPlace', 'replace', 'auto'),
    trial: fc.boolean(),
    onFailure: fc.constantFrom('goBack', 'goBack', 'keep'),
    // No person is there to be asked.
    noWayBack: fc.constantFrom('accept', 'refuse'),
  })
  .chain((options) =>
    fc
      .tuple(fc.nat(ANSWERS - 1), fc.oneof({ arbitrary: struck, weight: 5 }, quotes))
      .map(([nth, fault]) => ({ options, nth, ...fault })),
  )

function problemOf({ output, thrown, problem }: UpgradeEnd): string | undefined {
  if (output === 'no end') return `no end: ${thrown}`
  if (thrown !== undefined) return `thrown: ${thrown}`
  if (output.state !== 'done') {
    const { code } = output.failure
    if (!(code in catalogue)) return `${code} is no code of the catalogue`
    if (code === 'host-failed') return 'an engine’s answer is no fault of the host'
  }
  return problem
}

suite('faults :: random, in an upgrade', (test) => {
  test('any answer of an engine :: is an outcome that is true, without a secret', async () => {
    const tried = fc.sample(attempts, { numRuns: TRIES, seed: faultSeed })
    const problems: string[] = []
    const ends = new Map<string, number>()
    await inParallel(tried, AT_ONCE, async (one) => {
      const end = await attemptUpgrade(one)
      const { output } = end
      const name = output === 'no end' ? output : output.state
      if (end.struck !== undefined) ends.set(name, (ends.get(name) ?? 0) + 1)
      const problem = problemOf(end)
      if (problem === undefined) return
      const where = `${end.struck} (${one.nth}), ${one.detail}, ${JSON.stringify(one.options)}`
      problems.push(`${where}: ${problem}: ${JSON.stringify(output).slice(0, 300)}`)
    })
    console.log(`\n   FAULT_SEED=${faultSeed}: ${JSON.stringify([...ends])}`)
    assert.equal(problems, [])
    for (const end of ['done', 'rolledBack', 'stranded']) assert.ok(ends.has(end), end)
  })
})
