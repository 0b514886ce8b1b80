// Carries out a rollout on engines of the process that started this one, until it is killed.

import { EngineError } from '../../machines/errors.ts'
import type { Engine } from '../../src/flow/types.ts'
import { openEmbeddedRunner, resumeRollout, startRollout } from '../../src/rollout.ts'
import { planFor } from '../support/rolloutStage.ts'

const [folder = '', targets = '0'] = process.argv.slice(2)
const waiting = new Map<number, (answer: { output?: unknown; error?: EngineError }) => void>()
let sequence = 0

process.on('message', (answer: { sequence: number; output?: unknown; error?: EngineError }) => {
  waiting.get(answer.sequence)?.(answer)
  waiting.delete(answer.sequence)
})

function engine(target: string): Engine {
  return {
    host: target,
    call: (id, input) =>
      new Promise((resolve, reject) => {
        sequence += 1
        waiting.set(sequence, ({ output, error }) =>
          error
            ? reject(new EngineError(error.code, error.message, error.details))
            : resolve(output as never),
        )
        process.send?.({ sequence, target, id, input })
      }),
  }
}

const runner = await openEmbeddedRunner(folder)
const options = { runner, connect: ({ id }: { id: string }) => engine(id), consent: () => ({}) }
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
