import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import { rolloutsOf } from '../../../../src/command/queue/pageInQueue.ts'
import { readSaved } from '../../../../src/rollout/conduct.ts'
import { createLocalRunner, startRollout } from '../../../../src/rollout.ts'
import { engines, planFor } from '../../../support/rolloutStage.ts'
import { suite } from '../../../support/suite.ts'

suite('rollouts of a queue on the page', (test) => {
  for (const [only, retried] of [
    ['failed', ['done 2', 'unreachable 1']],
    ['unreachable', ['failed 1', 'done 2']],
  ] as const) {
    test(`a retry of the ${only} :: leaves the others as they are`, async () => {
      let isBroken = true
      const fleet = engines((target, id) => {
        if (target !== 0 || id !== 'pluginEnable' || !isBroken) return
        throw new EngineError('engine-failed', 'it does not start')
      })
      fleet.down.add(1)
      const woken: string[] = []
      const runner = {
        ...createLocalRunner(),
        wake: async (id: string) => void woken.push(id),
        workers: async () => 1,
        ask: async () => assert.unreachable() as never,
        changes: async () => undefined,
        close: async () => {},
      }
      const plan = await planFor(2, { maxFailures: 9, maxUnreachable: 9 })
      const { connect } = fleet
      const rollout = await startRollout(plan, { runner, connect, consent: () => ({}) })
      const { id } = rollout
      await rollout.result
      isBroken = false
      fleet.down.clear()
      const ended = new Promise<void>((resolve) => {
        runner.subscribe(id, (change) => {
          if ('saved' in change && readSaved(change.saved).value === 'done') resolve()
        })
      })
      await rolloutsOf(runner).order(id, 'retry', only)
      await ended
      assert.equal(
        (await rollout.targets()).map(({ state, attempt }) => `${state} ${attempt}`),
        retried,
      )
      assert.equal(woken, [id])
      await rollout.close()
      fleet.close()
    })
  }

  test('the server goes away in the middle of an order :: it is not known whether it was taken', async () => {
    let loads = 0
    const runner = {
      ...createLocalRunner(),
      load: async () => (++loads === 1 ? undefined : new Promise<undefined>(() => {})),
      wake: async () => {},
      workers: async () => 1,
      ask: async () => assert.unreachable() as never,
      changes: async () => undefined,
      close: async () => {},
    }
    const error: unknown = await rolloutsOf(runner)
      .order('r', 'pause')
      .catch((thrown: unknown) => thrown)
    assert.ok(error instanceof RangeError)
    assert.match(error.message, 'look whether the order was taken')
  })
})
