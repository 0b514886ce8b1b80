import * as assert from 'uvu/assert'
import type { Jobs, TargetJob, TargetQueue } from '../../../adapters/queue/jobs.ts'
import type { RolloutStore } from '../../../adapters/queue/store.ts'
import { workOnTargets } from '../../../src/rollout/queue/workOnTargets.ts'
import type { RunnerHandlers } from '../../../src/rollout/runner.ts'
import { suite } from '../../support/suite.ts'

suite('workOnTargets', (test) => {
  test('a target comes while the worker ends :: another worker can take it at once', async () => {
    const delays: number[] = []
    const job = { token: 't', data: {}, delay: async (ms: number) => void delays.push(ms) }
    let come: ((job: TargetJob) => void) | undefined
    const queue: TargetQueue = {
      next: () =>
        new Promise((resolve) => {
          come = resolve
        }),
      close: async () => {},
    }
    const handlers = { worker: 'w', parallel: 1, zone: 'z', target: () => assert.unreachable() }
    const stop = await workOnTargets(handlers as unknown as RunnerHandlers, {
      jobs: { targets: async () => queue } as unknown as Jobs,
      store: {} as RolloutStore,
      held: new Map(),
      leaseTime: 60_000,
      engineOf: async () => '',
      wake: async () => {},
    })
    for (let turn = 0; turn < 100 && !come; turn++) await Promise.resolve()
    const stopped = stop()
    come?.(job as unknown as TargetJob)
    await stopped
    assert.equal(delays, [0])
  })
})
