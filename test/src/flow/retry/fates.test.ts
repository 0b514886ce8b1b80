import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { OperationId } from '../../../../machines/engine.ts'
import { EngineError } from '../../../../machines/errors.ts'
import { defaultPolicy } from '../../../../src/flow/retry/policy.ts'
import type { Answers } from '../../../support/fakePorts.ts'
import { type RememberingEngine, rememberingEngine } from '../../../support/rememberingEngine.ts'
import { suite } from '../../../support/suite.ts'
import { run, virtualFlow, virtualTime } from '../../../support/virtualFlow.ts'

const options = { grantAllPermissions: true, settings: ['DEBUG=1'] }
const unsent = new EngineError('engine-unreachable', 'nothing listens there', { unsent: true })
const lost = new EngineError('engine-unreachable', 'the connection ended')
const cut = new EngineError('pull-interrupted', 'the connection ended in the middle of the pull')
const late = new EngineError('timed-out', 'the engine took too long')

const CHANGES = ['pluginPull', 'pluginSet', 'pluginEnable'] as const
/** The fate of a call: `lost` may have been carried out all the same. */
const fates = ['well', 'unsent', 'lost', 'carried out and lost', 'late'] as const
type Fate = (typeof fates)[number]

/** An engine whose calls have these fates, one after the other, and then all go well. */
function fated(engine: RememberingEngine, fateOf: () => Fate) {
  const seen: string[] = []
  const wrap = (operation: OperationId, call: (...args: never[]) => Promise<unknown>) => {
    return async (...args: never[]) => {
      const fate = fateOf()
      if (fate === 'unsent') throw unsent
      seen.push(operation)
      if (fate === 'well') return call(...args)
      if (fate === 'carried out and lost') await call(...args)
      if (fate === 'late') throw late
      throw operation === 'pluginPull' ? cut : lost
    }
  }
  const { plugin: _, ...operations } = engine
  const wrapped = Object.entries(operations).map(([name, call]) => [
    name,
    wrap(name as OperationId, call),
  ])
  return { seen, answers: Object.fromEntries(wrapped) as Answers }
}

suite('a flow on an engine that comes and goes', (test) => {
  test('changes nothing twice, ends in its bounds, and tells the truth about what is left', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...fates), { maxLength: 20 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        async (sequence, seed) => {
          const engine = rememberingEngine()
          let next = 0
          const { seen, answers } = fated(engine, () => sequence[next++] ?? 'well')
          const flow = virtualFlow(answers, options, undefined, virtualTime(randomOf(seed)))
          const took = await run(flow)

          for (const change of CHANGES) {
            assert.ok(seen.filter((operation) => operation === change).length <= 1, change)
          }
          for (const { attempt, attempts, delay, state } of flow.retries) {
            const { retry, rollback } = defaultPolicy
            const { maxMs } = state === 'rollingBack' ? rollback : retry
            assert.ok(attempt <= attempts && delay <= maxMs)
          }
          const { checkPrivileges, pulling, rollingBack } = defaultPolicy.timeouts
          assert.ok(took <= checkPrivileges + pulling + rollingBack)
          const output = flow.actor.getSnapshot().output
          if (output?.state === 'done') assert.ok(engine.plugin()?.Enabled)
          else if (output?.rollback.result !== 'failed') assert.is(engine.plugin(), undefined)
        },
      ),
      { numRuns: 200 },
    ))
})

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
