import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { Question } from '../../../src/rollout.ts'
import { createLocalRunner, createRolloutWorker, startRollout } from '../../../src/rollout.ts'
import { engines, planFor } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'

suite('rollout worker', (test) => {
  test('carries out what another one follows and steers, which reaches no engine', async () => {
    const runner = createLocalRunner()
    const fleet = engines()
    const worker = createRolloutWorker(runner, { connect: fleet.connect })
    const rollout = await startRollout(await planFor(3), { runner, consent: () => ({}) })
    assert.is(await runner.load(rollout.id), undefined)
    await worker.start(rollout.id)
    const stop = await worker.serve({ worker: 'w', parallel: 2 })
    const { state, counts } = await rollout.result
    assert.equal([state, counts.done], ['done', 3])
    assert.is(fleet.enabled(), 3)
    await rollout.close()
    await stop()
    fleet.close()
  })

  test('a rollout that has ended is started again without a reading of its records', async () => {
    const runner = createLocalRunner()
    const fleet = engines()
    const options = { runner, connect: fleet.connect, consent: () => ({}) }
    const rollout = await startRollout(await planFor(2), options)
    await rollout.result
    let reads = 0
    const counting = {
      ...runner,
      async records(...query: Parameters<typeof runner.records>) {
        reads += 1
        return runner.records(...query)
      },
    }
    await createRolloutWorker(counting, { connect: fleet.connect }).start(rollout.id)
    assert.is(reads, 0)
    await rollout.close()
    fleet.close()
  })

  test('where a runner has questions answered elsewhere, plugins are looked at again there', async () => {
    const local = createLocalRunner()
    const asked: unknown[] = []
    const ask = async (zone: string | undefined, question: Question) => {
      asked.push([zone, question])
      throw new EngineError('engine-unreachable', 'no worker of the zone "eu" has answered')
    }
    const runner = { ...local, ask }
    const fleet = engines()
    const { targets, plugin } = await planFor(1)
    const settings = [{ name: 'DEBUG', from: 'env' as const, variable: 'X' }]
    const more = {
      targets: targets.map((target) => ({ ...target, zone: 'eu' })),
      plugin: { ...plugin, settings },
    }
    const rollout = await startRollout(await planFor(1, { monitor: 1 }, more), {
      runner,
      connect: fleet.connect,
      secret: async () => '1',
      consent: () => ({}),
    })
    await new Promise<void>((resolve) => {
      rollout.transition$.subscribe(({ to }) => to === 'paused' && resolve())
    })
    const [target] = more.targets
    const { name } = plugin
    assert.equal(asked, [['eu', { about: 'plugin', target, name, secrets: ['DEBUG'] }]])
    const [failed] = await rollout.targets({ state: 'failed' })
    assert.is(failed?.message, 'no worker of the zone "eu" has answered')
    await rollout.close()
    fleet.close()
  })

  test('a store that failed once is asked again', async () => {
    const local = createLocalRunner()
    let fails = 1
    const runner = {
      ...local,
      async records(...query: Parameters<typeof local.records>) {
        fails -= 1
        if (fails === 0) throw new Error('away')
        return local.records(...query)
      },
    }
    const fleet = engines()
    const rollout = await startRollout(await planFor(1), {
      runner: local,
      consent: () => ({}),
    })
    const worker = createRolloutWorker(runner, { connect: fleet.connect })
    assert.is(await worker.start(rollout.id).catch(({ message }) => message), 'away')
    await worker.start(rollout.id)
    const stop = await worker.serve({ worker: 'w', parallel: 1 })
    assert.is((await rollout.result).state, 'done')
    await rollout.close()
    await stop()
    fleet.close()
  })
})
