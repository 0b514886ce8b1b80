import * as assert from 'uvu/assert'
import { operations } from '../../../adapters/engine/api/operations.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { EngineError } from '../../../machines/errors.ts'
import type { RolloutPlan, Strategy } from '../../../machines/rollout/plan.ts'
import { definePlugin } from '../../../src/embedded.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import { processTime } from '../../../src/flow/retry/time.ts'
import {
  createLocalRunner,
  hashPlan,
  type Rollout,
  type RolloutOptions,
  resumeRollout,
  startRollout,
} from '../../../src/rollout.ts'
import { engines, planFor, REFERENCE } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'

type Fleet = ReturnType<typeof engines>

interface Options {
  size?: number
  strategy?: Partial<Strategy>
  plan?: Partial<RolloutPlan>
  fleet?: Fleet
  options?: Partial<RolloutOptions>
  prepare?: (fleet: Fleet) => Promise<void> | void
}

/** A rollout on simulated engines, under a consent. */
async function onFleet(
  { size = 5, strategy = {}, plan: more = {}, fleet = engines(), options, prepare }: Options,
  act: (rollout: Rollout, fleet: Fleet, states: string[]) => Promise<void>,
) {
  await prepare?.(fleet)
  const rollout = await startRollout(await planFor(size, strategy, more), {
    runner: createLocalRunner(),
    connect: fleet.connect,
    consent: () => ({ who: 'ops' }),
    ...options,
  })
  const states: string[] = []
  rollout.transition$.subscribe(({ to }) => states.push(to))
  try {
    await act(rollout, fleet, states)
  } finally {
    await rollout.close()
    fleet.close()
  }
}

/** Resolves once the rollout is in a state. */
function reaches(rollout: Rollout, state: string): Promise<void> {
  return new Promise((resolve) => {
    rollout.transition$.subscribe(({ to }) => to === state && resolve())
  })
}

/** Resolves once no target is at work. */
async function quiet(rollout: Rollout): Promise<void> {
  const isBusy = (state: string) => state === 'leased' || state === 'running'
  while ((await rollout.targets()).some(({ state }) => isBusy(state))) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

suite('startRollout', (test) => {
  test('a plan is carried out on every engine, under one consent', () =>
    onFleet({ strategy: { canaries: [1], hold: 0, batch: 2 } }, async (rollout, fleet, states) => {
      const { state, counts } = await rollout.result
      assert.equal([state, counts.done, counts.queued], ['done', 5, 0])
      assert.is(fleet.enabled(), 5)
      assert.equal(fleet.counted('pluginPull'), [1, 1, 1, 1, 1])
      assert.equal(fleet.counted('pluginEnable'), [1, 1, 1, 1, 1])
      assert.equal(states.slice(-4), ['canary', 'holding', 'rolling', 'done'])
      const records = await rollout.targets()
      for (const { before, after, attempt, consent } of records) {
        assert.equal([before?.state, after?.state, attempt], ['absent', 'present', 1])
        assert.match(String(consent), /^sha256:/)
      }
      assert.is(new Set(records.map(({ consent }) => consent)).size, 1)
    }))

  test('ids of one second sort by their milliseconds, and those of earlier releases before them', async () => {
    const plan = await planFor(1)
    const runner = createLocalRunner()
    const begin = async (ms: number) => {
      const time = { ...processTime, now: () => Date.UTC(2026, 10, 28, 21, 1, 54, ms) }
      const { id, close } = await startRollout(plan, { runner, time })
      await close()
      return id
    }
    const ids = [await begin(9), await begin(10), await begin(100)]
    for (const [index, ms] of ['009', '010', '100'].entries()) {
      assert.match(ids[index] ?? '', new RegExp(`^20261128210154${ms}-[0-9a-f]{8}$`))
    }
    const earlier = ['20261128210153-ffffffff', '20261128210154-ffffffff']
    const later = '20261128210155-00000000'
    const all = [...earlier, ...ids, later]
    assert.equal(all.toReversed().sort(), all)
  })

  test('a retry of those that failed leaves those that were unreachable', () => {
    let isBroken = true
    const fleet = engines((target, id) => {
      if (target !== 0 || id !== 'pluginEnable' || !isBroken) return
      throw new EngineError('engine-failed', 'it does not start')
    })
    const strategy = { maxFailures: 9, maxUnreachable: 9 }
    const prepare = ({ down }: Fleet) => void down.add(1)
    return onFleet({ size: 3, strategy, fleet, prepare }, async (rollout) => {
      const ended = async () => {
        await reaches(rollout, 'done')
        return (await rollout.targets()).map(({ state, attempt }) => `${state} ${attempt}`)
      }
      assert.equal(await ended(), ['failed 1', 'unreachable 1', 'done 1'])
      isBroken = false
      const wrong = await rollout.retry({ only: 'done' as never }).catch((error) => error)
      assert.is(wrong.code, 'invalid-option')
      assert.ok(await rollout.retry({ only: 'failed' }))
      assert.equal(await ended(), ['done 2', 'unreachable 1', 'done 1'])
      assert.not(await rollout.retry({ only: 'failed' }))
    })
  })

  test('a plan that was changed is refused', async () => {
    const plan = await planFor(1)
    const changed = { ...plan, strategy: { ...plan.strategy, parallel: 50 } }
    const error = await startRollout(changed, {
      runner: createLocalRunner(),
      connect: engines().connect,
    }).catch((thrown) => thrown)
    assert.equal([error.code, /was changed/.test(error.message)], ['invalid-option', true])
    assert.is(hashPlan({ ...plan, hash: 'x' }), plan.hash)
  })

  test('a store that fails while the host consents :: the process goes on, and a person can consent', async () => {
    const base = createLocalRunner()
    let isBroken = true
    let failed = () => {}
    const hasFailed = new Promise<void>((resolve) => {
      failed = resolve
    })
    const runner: typeof base = {
      ...base,
      async event(id, message) {
        if (!isBroken || message.type !== 'consent.grant') return base.event(id, message)
        failed()
        throw new Error('the store is gone')
      },
      async records(id, query) {
        if (query?.limit === undefined) return base.records(id, query)
        if (isBroken) throw new Error('the store is gone')
        return base.records(id, query)
      },
    }
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note)
    await onFleet({ size: 1, options: { runner } }, async (rollout, fleet) => {
      const seen: string[] = []
      rollout.target$('t0').subscribe(({ state }) => seen.push(state))
      await hasFailed
      await new Promise(setImmediate)
      process.off('unhandledRejection', note)
      assert.equal(unhandled, [])
      isBroken = false
      assert.ok(await rollout.grant({ who: 'a person' }))
      assert.is((await rollout.result).state, 'done')
      assert.is(seen.at(-1), 'done')
      assert.is(fleet.enabled(), 1)
    })
  })

  test('a rollout that cannot be begun leaves nothing behind', async () => {
    const base = createLocalRunner()
    let listeners = 0
    const runner: typeof base = {
      ...base,
      subscribe(id, listener) {
        const release = base.subscribe(id, listener)
        listeners += 1
        return () => {
          listeners -= 1
          release()
        }
      },
      save: () => Promise.reject(new Error('the store is gone')),
    }
    const { connect } = engines()
    const error = await startRollout(await planFor(1), { runner, connect }).catch((e) => e)
    assert.is(error.message, 'the store is gone')
    assert.is(listeners, 0)
  })

  test('a rollout that no runner knows cannot be resumed', async () => {
    const given = { runner: createLocalRunner(), connect: engines().connect }
    const error = await resumeRollout('x', given).catch((thrown) => thrown)
    assert.instance(error, RangeError)
    assert.match(error.message, /no rollout x/)
  })

  for (const [what, consent] of [
    ['is denied by the host', () => false as const],
    ['is given to a host that fails', () => Promise.reject(new Error('no'))],
    ['is denied by a person', undefined],
  ] as const) {
    test(`a plan that ${what} changes nothing`, () =>
      onFleet({ options: { consent: consent as never } }, async (rollout, fleet) => {
        if (!consent) {
          assert.not(await rollout.pause())
          assert.ok(await rollout.deny('not today'))
          assert.not(await rollout.grant())
        }
        assert.is((await rollout.result).state, 'denied')
        assert.equal(fleet.counted('pluginPull'), [])
      }))
  }

  test('targets that need nothing, or are left out, are not called', () => {
    const does = [{ action: 'nothing' }, { action: 'skip', why: 'it is drained' }] as const
    return onFleet({ size: 2 }, async (rollout) => {
      const plan = await planFor(2)
      const targets = plan.targets.map((target, index) => ({
        ...target,
        does: does[index] ?? target.does,
      }))
      const given = { ...plan, targets }
      const fleet = engines()
      const other = await startRollout(
        { ...given, hash: hashPlan(given) },
        { runner: createLocalRunner(), connect: fleet.connect },
      )
      const { state, counts } = await other.result
      assert.equal([state, counts.kept, counts.skipped], ['done', 1, 1])
      assert.equal(fleet.counted('pluginInspect'), [])
      await other.close()
      await rollout.result
    })
  })

  test('a tag that has moved pauses it at the first engine that shows it', () =>
    onFleet(
      { plan: { privileges: [] }, strategy: { parallel: 1, maxFailures: 5 } },
      async (rollout, fleet) => {
        await reaches(rollout, 'paused')
        const [first, second] = await rollout.targets()
        assert.equal([first?.state, first?.code], ['failed', 'consent-mismatch'])
        assert.is(second?.state, 'queued')
        assert.equal(fleet.counted('pluginPull'), [0])
      },
    ))

  test('content of another digest is not installed', async () => {
    const plan = await planFor(1)
    const digest = `sha256:${'0'.repeat(64)}`
    await onFleet(
      { size: 1, plan: { plugin: { ...plan.plugin, digest } } },
      async (rollout, fleet) => {
        await reaches(rollout, 'paused')
        const [record] = await rollout.targets()
        assert.equal([record?.state, record?.code], ['failed', 'consent-mismatch'])
        assert.is(fleet.enabled(), 0)
      },
    )
  })

  test('a consent that is over changes nothing', () =>
    onFleet(
      { size: 1, options: { consent: () => ({ until: '2020-01-01T00:00:00Z' }) } },
      async (rollout, fleet) => {
        await reaches(rollout, 'paused')
        const [record] = await rollout.targets()
        assert.equal([record?.code, record?.changed], ['consent-mismatch', undefined])
        assert.equal(fleet.counted('pluginPull'), [0])
      },
    ))

  test('an engine that does not answer is unreachable, and can be tried again', () =>
    onFleet(
      { prepare: ({ down }) => void down.add(1), strategy: { parallel: 1 } },
      async (rollout, fleet) => {
        await reaches(rollout, 'paused')
        const [, second] = await rollout.targets({ state: 'unreachable' })
        assert.is(second, undefined)
        assert.is((await rollout.targets({ state: 'unreachable' }))[0]?.target, 't1')
        fleet.down.clear()
        assert.ok(await rollout.retry())
        assert.equal((await rollout.result).counts.done, 5)
        assert.equal(
          (await rollout.targets()).map(({ attempt }) => attempt),
          [1, 2, 2, 2, 2],
        )
      },
    ))

  test('a pause is exact, and everything goes on after it', () => {
    const rolloutOf: { rollout?: Rollout } = {}
    const fleet = engines(async (target, id) => {
      if (target === 2 && id === 'pluginPull') await rolloutOf.rollout?.pause()
    })
    return onFleet(
      { fleet, size: 9, options: { consent: undefined as never } },
      async (rollout) => {
        rolloutOf.rollout = rollout
        assert.ok(await rollout.grant({ who: 'ops' }))
        await reaches(rollout, 'paused')
        await quiet(rollout)
        const { length } = await rollout.targets({ state: 'done' })
        assert.ok(length >= 3 && length <= 4, `${length}`)
        assert.ok(await rollout.resume())
        assert.is((await rollout.result).counts.done, 9)
      },
    )
  })

  test('a rollback takes back what was changed, the newest first, and nothing else', () =>
    onFleet(
      {
        size: 4,
        strategy: { parallel: 1, maxFailures: 4 },
        async prepare(fleet) {
          await installPlugin(fleet.of(2).engine, {
            reference: REFERENCE,
            grantAllPermissions: true,
          }).result
        },
      },
      async (rollout, fleet) => {
        const { state, counts } = await rollout.result
        assert.equal([state, counts.done, counts.failed], ['done', 3, 1])
        const order: string[] = []
        for (const id of ['t0', 't1', 't2', 't3']) {
          rollout.target$(id).subscribe((record) => record.state === 'undone' && order.push(id))
        }
        assert.ok(await rollout.rollback())
        await reaches(rollout, 'rolledBack')
        assert.equal(order, ['t3', 't1', 't0'])
        assert.is(fleet.enabled(), 1)
        assert.is(fleet.callsOf(2).pluginDelete, undefined)
        const records = await rollout.targets({ state: 'undone' })
        assert.equal(
          records.map(({ outcome, after }) => [outcome, after?.state]),
          [0, 1, 2].map(() => ['done', 'absent']),
        )
      },
    ))

  test('a rollback of 110 of 400 :: the 290 others see no changing request', () =>
    onFleet(
      { size: 400, strategy: { parallel: 25, canaries: [110], hold: 'person' } },
      async (rollout, fleet) => {
        await reaches(rollout, 'holding')
        assert.is(fleet.enabled(), 110)
        assert.ok(await rollout.rollback())
        await reaches(rollout, 'rolledBack')
        const changed = Array.from({ length: 400 }, (_, target) => fleet.callsOf(target)).filter(
          (calls) =>
            (Object.keys(calls) as OperationId[]).some((id) => operations[id].kind !== 'look'),
        )
        assert.is(changed.length, 110)
        assert.is(fleet.enabled(), 0)
      },
    ))

  test('too many failures roll it back by themselves', () => {
    const strategy = { parallel: 1, onFailure: 'rollback' as const }
    const prepare = ({ down }: Fleet) => void down.add(3)
    return onFleet({ strategy, prepare }, async (rollout, fleet) => {
      const { state, counts } = await rollout.result
      assert.equal([state, counts.undone, counts.unreachable], ['rolledBack', 3, 1])
      assert.is(fleet.enabled(), 0)
      assert.equal(fleet.callsOf(4), {})
    })
  })

  test('a plugin that is not as it was left after a time is a failure', () =>
    onFleet({ size: 2, strategy: { monitor: 50 } }, async (rollout, fleet) => {
      await reaches(rollout, 'monitoring.waiting')
      const name = fleet.of(1).plugins()[0]?.Name ?? ''
      const { signal } = new AbortController()
      await fleet.of(1).engine.call('pluginDisable', { name }, { signal })
      await reaches(rollout, 'paused')
      const [failed] = await rollout.targets({ state: 'failed' })
      assert.equal([failed?.target, failed?.code], ['t1', 'changed-by-others'])
    }))

  test('an engine that does not answer after a time is a failure of that name', () => {
    const fleet = engines()
    let isAway = false
    const connect: RolloutOptions['connect'] = (target) => {
      if (isAway && target.id === 't1') throw new EngineError('engine-unreachable', 'it is away')
      return fleet.connect(target)
    }
    const setup = { fleet, size: 2, strategy: { monitor: 50 }, options: { connect } }
    return onFleet(setup, async (rollout) => {
      await reaches(rollout, 'monitoring.waiting')
      isAway = true
      await reaches(rollout, 'paused')
      const [failed] = await rollout.targets({ state: 'failed' })
      assert.equal(
        [failed?.target, failed?.code, failed?.message],
        ['t1', 'engine-unreachable', 'it is away'],
      )
    })
  })

  test('an engine that cannot be opened fails its target; one that was opened is closed', () => {
    const fleet = engines()
    const closed: string[] = []
    const connect: RolloutOptions['connect'] = (target) => {
      if (target.id === 't1') throw new EngineError('invalid-option', 'there is no file ca.pem')
      return { ...fleet.connect(target), close: () => closed.push(target.id) }
    }
    const setup = { fleet, size: 3, strategy: { maxFailures: 1 }, options: { connect } }
    return onFleet(setup, async ({ result, targets }) => {
      const { counts } = await result
      assert.equal([counts.done, counts.failed], [2, 1])
      const [record] = await targets({ state: 'failed' })
      assert.equal([record?.target, record?.code], ['t1', 'invalid-option'])
      assert.is(record?.changed, undefined)
      assert.equal(closed.sort(), ['t0', 't2'])
    })
  })

  test('a removal, and what it cannot take back', () =>
    onFleet(
      {
        size: 2,
        plan: { kind: 'remove' },
        async prepare(fleet) {
          await installPlugin(fleet.of(0).engine, {
            reference: REFERENCE,
            settings: ['DEBUG=hunter2'],
            disabled: true,
            grantAllPermissions: true,
          }).result
        },
      },
      async (rollout, fleet) => {
        const { state, counts } = await rollout.result
        assert.equal([state, counts.done, counts.kept], ['done', 1, 1])
        assert.equal(fleet.of(0).plugins(), [])
        await rollout.rollback()
        await reaches(rollout, 'rolledBack')
        const [record] = await rollout.targets({ state: 'undoFailed' })
        assert.equal([record?.target, record?.code], ['t0', 'no-way-back'])
        assert.match(
          String(record?.message),
          /: plugin-flow install --alias vieux\/sshfs:latest --disable docker.io\/vieux\/sshfs:latest DEBUG=…$/,
        )
      },
    ))

  const OLD = 'acme/plain:latest'
  const newer = definePlugin({ config: { Description: 'newer' }, layers: [1_000] })
  const upgrade = (reference: string) => ({
    size: 2,
    plan: {
      kind: 'upgrade' as const,
      plugin: { reference, name: OLD, settings: [] },
      privileges: [],
    },
    async prepare(fleet: Fleet) {
      for (const target of [0, 1]) {
        const options = { reference: OLD, grantAllPermissions: true }
        await installPlugin(fleet.of(target).engine, options).result
        fleet.of(target).publish(reference, newer)
      }
    },
  })
  const descriptionOf = (fleet: Fleet) => fleet.of(0).plugins()[0]?.Config.Description

  test('an upgrade, and the way back', () =>
    onFleet(upgrade('acme/plain:2.0'), async (rollout, fleet) => {
      assert.is((await rollout.result).counts.done, 2)
      assert.is(descriptionOf(fleet), 'newer')
      await rollout.rollback()
      await reaches(rollout, 'rolledBack')
      assert.is((await rollout.targets({ state: 'undone' })).length, 2)
      assert.is(descriptionOf(fleet), 'asks for nothing')
      assert.is(fleet.enabled(), 2)
    }))

  test('an upgrade whose old version is not to be had again stays, and says so', () =>
    onFleet(upgrade(OLD), async (rollout, fleet) => {
      assert.is((await rollout.result).counts.done, 2)
      await rollout.rollback()
      await reaches(rollout, 'rolledBack')
      const [record] = await rollout.targets({ state: 'undoFailed' })
      assert.equal([record?.target, record?.code], ['t0', 'no-way-back'])
      assert.is(descriptionOf(fleet), 'newer')
    }))

  test('an upgrade that would lose settings fails, and changes nothing of the plugin', () =>
    onFleet(
      {
        size: 1,
        plan: {
          kind: 'upgrade',
          plugin: { reference: 'acme/notes:2.0', name: 'acme/notes:1.0', settings: [] },
        },
        async prepare(fleet) {
          const options = { reference: 'acme/notes:1.0', grantAllPermissions: true }
          await installPlugin(fleet.of(0).engine, options).result
        },
      },
      async (rollout, fleet) => {
        await Promise.race([rollout.result, reaches(rollout, 'paused')])
        const [record] = await rollout.targets()
        assert.equal([record?.state, record?.code], ['failed', 'consent-mismatch'])
        await rollout.rollback()
        await reaches(rollout, 'rolledBack')
        assert.equal(
          (await rollout.targets()).map(({ state }) => state),
          ['undone'],
        )
        assert.is(fleet.enabled(), 1)
      },
    ))

  test('a secret setting comes from the worker, and is in no record', async () => {
    const { plugin } = await planFor(1)
    const settings = [{ name: 'DEBUG', from: 'env' as const, variable: 'PLANTED' }]
    await onFleet(
      {
        size: 1,
        plan: { plugin: { ...plugin, settings } },
        options: { secret: async () => 'hunter2hunter2' },
      },
      async (rollout, fleet) => {
        assert.is((await rollout.result).state, 'done')
        const env = fleet.of(0).plugins()[0]?.Settings.Env
        assert.equal(env?.includes('DEBUG=hunter2hunter2'), true)
        assert.not.match(JSON.stringify(await rollout.targets()), /hunter2/)
      },
    )
  })

  test('a worker without the secret fails the target, and changes nothing', async () => {
    const { plugin } = await planFor(1)
    const settings = [{ name: 'DEBUG', from: 'file' as const, path: '/run/secret' }]
    await onFleet(
      { size: 1, plan: { plugin: { ...plugin, settings } } },
      async (rollout, fleet) => {
        await reaches(rollout, 'paused')
        const [record] = await rollout.targets()
        assert.equal([record?.state, record?.code], ['failed', 'invalid-option'])
        assert.equal(fleet.counted('pluginPull'), [0])
      },
    )
  })
})
