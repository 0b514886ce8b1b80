import * as assert from 'uvu/assert'
import { KEPT } from '../../../adapters/journal/files.ts'
import { forgetEnded } from '../../../src/rollout/forgetEnded.ts'
import type { SavedRollout } from '../../../src/rollout/runner.ts'
import { createLocalRunner, startRollout } from '../../../src/rollout.ts'
import { planFor } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'

const NOW = Date.UTC(2026, 5, 1)

function savedAs(value: string, at?: number): SavedRollout {
  const snapshot = { value, context: {} }
  return { version: 1, event: 'x', snapshot, timers: {}, ...(at !== undefined && { at }) }
}

/** A runner with these rollouts, the oldest first. */
async function runnerWith(rollouts: readonly (readonly [id: string, saved?: SavedRollout])[]) {
  const runner = createLocalRunner()
  const plan = await planFor(1)
  for (const [id, saved] of rollouts) {
    await runner.create(id, plan, [])
    if (saved) await runner.save(id, saved, 0)
  }
  return runner
}

suite('forgetEnded', (test) => {
  test('happens when a rollout starts, which starts all the same where it fails', async () => {
    const runner = await runnerWith([['old', savedAs('done', 0)]])
    const plan = await planFor(1)
    const broken = { ...runner, rollouts: () => Promise.reject(new Error('the store is gone')) }
    await (await startRollout(plan, { runner: broken })).close()
    assert.is((await runner.rollouts()).length, 2)
    await (await startRollout(plan, { runner })).close()
    const left = await runner.rollouts()
    assert.equal([left.length, left.includes('old')], [2, false])
  })

  test('one that ended too long ago goes, and one that has not ended stays', async () => {
    const old = NOW - KEPT.ms - 1
    const ends = ['done', 'stopped', 'rolledBack', 'denied', 'expired']
    const runner = await runnerWith([
      ...ends.map((value) => [value, savedAs(value, old)] as const),
      ['paused', savedAs('paused', old)],
      ['rolling', savedAs('rolling', old)],
      ['planned'],
      ['damaged', savedAs('done', old)],
      ['in time', savedAs('done', NOW - KEPT.ms)],
      ['without a time', savedAs('done')],
    ])
    const load = async (id: string) =>
      id === 'damaged' ? savedAs('no state', old) : runner.load(id)
    await forgetEnded({ ...runner, load }, NOW)
    assert.equal(await runner.rollouts(), [
      'without a time',
      'in time',
      'damaged',
      'planned',
      'rolling',
      'paused',
    ])
  })

  test('the newest of those that have ended stay, and one that cannot be removed keeps no other', async () => {
    const all = Array.from(
      { length: KEPT.count + 3 },
      (_, index) => [`r${index}`, savedAs('done', NOW)] as const,
    )
    const runner = await runnerWith([['paused', savedAs('paused', NOW)], ...all])
    const remove = async (id: string, version: number) => {
      if (id === 'r1') throw new Error('it is in use')
      return runner.remove(id, version)
    }
    await forgetEnded({ ...runner, remove }, NOW)
    const left = await runner.rollouts()
    assert.equal([left.length, left[0]], [KEPT.count + 2, `r${KEPT.count + 2}`])
    assert.equal(left.slice(-3), ['r3', 'r1', 'paused'])
  })
})
