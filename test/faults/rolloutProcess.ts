// Carries out a rollout on engines of the process that started this one, until it is killed.

import { openEmbeddedRunner, resumeRollout, startRollout } from '../../src/rollout.ts'
import { remoteEngines } from '../support/remoteEngines.ts'
import { planFor } from '../support/rolloutStage.ts'

const [folder = '', targets = '0'] = process.argv.slice(2)
const runner = await openEmbeddedRunner(folder)
const options = { runner, connect: remoteEngines(), consent: () => ({}) }
const [id] = await runner.rollouts()
const rollout = id
  ? await resumeRollout(id, options)
  : await startRollout(await planFor(Number(targets), { parallel: 8 }), options)
rollout.transition$.subscribe(async ({ to }) => {
  if (to !== 'paused') return
  const failed = await rollout.targets({ state: 'failed' })
  process.send?.({ paused: failed.map(({ code, message }) => `${code}: ${message}`) })
})
const { state, counts } = await rollout.result
await rollout.close()
await runner.close()
process.send?.({ state, done: counts.done }, () => process.disconnect())
