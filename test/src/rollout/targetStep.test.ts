import * as assert from 'uvu/assert'
import { EngineError } from '../../../machines/errors.ts'
import type { Lease } from '../../../machines/rollout/records.ts'
import { installPlugin } from '../../../src/flow/install.ts'
import type { Time } from '../../../src/flow/retry/time.ts'
import type { Engine } from '../../../src/flow/types.ts'
import type { Runner } from '../../../src/rollout/runner.ts'
import { createTargetStep, look } from '../../../src/rollout/targetStep.ts'
import { engines, planFor, REFERENCE } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'
import { failingAt, GRANTED, ID, onTarget, REFUSED, runnerOf } from '../../support/targetStage.ts'
import { settled } from '../../support/virtualFlow.ts'

const LEASE = { worker: 'w', token: 1, until: Date.now() + 3_600_000 }
const TASK = { index: 0, attempt: 1, action: 'do' } as const
const { signal } = new AbortController()

suite('step on a target', (test) => {
  for (const [what, index, hasConsent] of [
    ['an unknown target', 1, true],
    ['a rollout without consent', 0, false],
  ] as const) {
    test(`${what} :: no engine is opened`, async () => {
      const runner = await runnerOf({}, { hasConsent })
      const opened: string[] = []
      const step = createTargetStep(runner, {
        connect: ({ id }) => {
          opened.push(id)
          throw new Error('opened')
        },
      })
      await step(ID, { index, attempt: 1, action: 'do' }, LEASE)
      assert.equal(opened, [])
      assert.is((await runner.records(ID))[0]?.state, 'queued')
    })
  }

  for (const lostAt of [1, 2, 3]) {
    test(`a lease that is lost at the record ${lostAt} :: the plugin is not changed, and no end is reported`, async () => {
      const runner = await runnerOf()
      const fleet = engines()
      const reported: string[] = []
      let written = 0
      const losing: Runner = {
        ...runner,
        write: async () => ++written < lostAt,
        extend: async (_, __, lease) => lease,
        event: async (_, { type }) => void reported.push(type),
      }
      const step = createTargetStep(losing, { connect: fleet.connect })
      await step(ID, TASK, LEASE)
      assert.is(written, lostAt, 'nothing more is written')
      assert.equal(reported, [])
      assert.is(fleet.callsOf(0).pluginPull, undefined)
      fleet.close()
    })
  }

  test('a lease that cannot be extended :: the next changing request is not sent', async () => {
    const runner = await runnerOf()
    const fleet = engines()
    const reported: string[] = []
    const losing: Runner = {
      ...runner,
      write: async () => true,
      extend: async (_, __, lease) => (fleet.callsOf(0).pluginPull ? undefined : lease),
      event: async (_, { type }) => void reported.push(type),
    }
    const step = createTargetStep(losing, { connect: fleet.connect })
    await step(ID, TASK, LEASE)
    assert.equal(reported, [])
    const { pluginPull, pluginEnable } = fleet.callsOf(0)
    assert.equal([pluginPull, pluginEnable], [1, undefined])
    fleet.close()
  })

  test('a lease that is lost while the engine does not answer :: the step waits no longer', async () => {
    const runner = await runnerOf({ kind: 'remove' })
    const timers: (() => void)[] = []
    const time: Time = {
      now: () => 0,
      random: () => 0,
      setTimeout: (call) => timers.push(call),
      clearTimeout() {},
    }
    let reached = () => {}
    const isAsked = new Promise<void>((resolve) => {
      reached = resolve
    })
    const silent: Engine = {
      call: (_, __, { signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new EngineError('cancelled', 'cancelled')))
          reached()
        }),
    }
    const reported: string[] = []
    const losing: Runner = {
      ...runner,
      write: async () => true,
      extend: async () => undefined,
      event: async (_, { type }) => void reported.push(type),
    }
    const ended = createTargetStep(losing, { connect: () => silent, time })(ID, TASK, LEASE)
    await isAsked
    for (const call of timers) call()
    await ended
    assert.equal(reported, [])
  })

  test('a runner that cannot write fails the step before anything is changed', async () => {
    const runner = await runnerOf()
    const fleet = engines()
    const full: Runner = { ...runner, write: () => Promise.reject(new Error('no space left')) }
    const step = createTargetStep(full, { connect: fleet.connect })
    const error = await step(ID, TASK, LEASE).catch((thrown) => thrown)
    assert.is(error.message, 'no space left')
    assert.equal(fleet.callsOf(0), {})
    fleet.close()
  })

  test('a run that cannot be recorded ends the step, which is taken again :: no end is reported', async () => {
    const runner = await runnerOf()
    const fleet = engines()
    const reported: string[] = []
    let isFull = true
    const step = createTargetStep(
      {
        ...runner,
        async write({ run }) {
          if (run && isFull) {
            isFull = false
            throw new Error('no space left')
          }
          return true
        },
        extend: async (_, __, lease) => lease,
        event: async (_, { type }) => void reported.push(type),
      },
      { connect: fleet.connect },
    )
    const error = await step(ID, TASK, LEASE).catch((thrown) => thrown)
    assert.is(error?.failure.code, 'abandoned')
    assert.equal(reported, [])
    assert.equal([fleet.callsOf(0).pluginPull, isFull], [undefined, false])
    fleet.close()
  })

  test('a lease is extended while a step lasts, and not afterwards', async () => {
    const runner = await runnerOf()
    const timers = new Map<number, () => void>()
    let extended = 0
    let count = 0
    const time: Time = {
      now: () => 0,
      random: () => 0,
      setTimeout: (call) => {
        timers.set(++count, call)
        return count
      },
      clearTimeout: (timer) => void timers.delete(timer as number),
    }
    let answer = (_: Lease | undefined) => {}
    const extend = () => {
      extended += 1
      return new Promise<Lease | undefined>((resolve) => {
        answer = resolve
      })
    }
    let refuse = (_: Error) => {}
    const opening = new Promise<never>((_, reject) => {
      refuse = reject
    })
    let ended = Promise.resolve()
    const isOpening = new Promise<void>((resolve) => {
      const connect = () => {
        resolve()
        return opening
      }
      const held = { ...runner, write: async () => true, extend, event: async () => {} }
      ended = createTargetStep(held, { connect, time })(ID, TASK, LEASE)
    })
    await isOpening
    const beat = () => {
      const [[timer, call] = [0, () => {}], ...others] = timers
      assert.equal(others, [])
      timers.delete(timer)
      call()
    }
    beat()
    answer(LEASE)
    await settled()
    assert.equal([extended, timers.size], [1, 1])
    beat()
    refuse(new Error('closed'))
    await ended
    // The answer to the second extension comes after the end.
    answer(LEASE)
    await settled()
    assert.equal([extended, timers.size], [2, 0])
  })

  test('a retry keeps the time at which the target was begun', async () => {
    let now = 1
    const time: Time = { now: () => now, random: () => 0, setTimeout: () => 0, clearTimeout() {} }
    const fleet = failingAt('pluginEnable', 'before', REFUSED)
    await onTarget({ fleet, options: { time } }, async ({ step }) => {
      const { times } = await step()
      assert.equal(times, { began: 1, ended: 1 })
      now = 2
      assert.equal((await step()).times, { began: 1, ended: 2 })
      now = 3
      // An undo is no part of the time that the change took.
      assert.equal((await step('undo')).times, { began: 1, ended: 2 })
    })
  })

  for (const [thrown, name] of [
    ['hunter2', 'string'],
    [new TypeError('hunter2'), 'TypeError'],
  ] as const) {
    test(`a host that throws a ${name} :: its words are in no record`, () => {
      const connect = () => {
        throw thrown
      }
      return onTarget({ options: { connect } }, async ({ step }) => {
        const { state, code, message } = await step()
        const words = `the host of the rollout failed (${name})`
        assert.equal([state, code, message], ['failed', 'host-failed', words])
      })
    })
  }

  test('the plugin as it was before is read once, and not again by a retry', () =>
    onTarget({ fleet: failingAt('pluginEnable', 'before', REFUSED) }, async ({ step, fleet }) => {
      const first = await step()
      assert.equal([first.state, first.before], ['failed', { state: 'absent' }])
      assert.ok(first.changed)
      const second = await step()
      assert.equal([second.state, second.before], ['done', { state: 'absent' }])
      assert.is(second.code, undefined)
      assert.is(fleet.callsOf(0).pluginPull, 1)
      assert.is(fleet.enabled(), 1)
    }))

  test('a look at a plugin has the names of the settings that differ, and no values', async () => {
    const fleet = engines()
    await installPlugin(fleet.of(0).engine, { ...GRANTED, settings: ['DEBUG=hunter2'] }).result
    const engine = fleet.engine(0)
    const found = await look(engine, REFERENCE)
    assert.equal(found.state === 'present' && found.settings, ['DEBUG'])
    assert.not.match(JSON.stringify(found), 'hunter2')
    const plugin = await engine.call('pluginInspect', { name: REFERENCE }, { signal })
    assert.ok(plugin)
    const { Config, Settings } = plugin
    // Engines write `null` for an empty list, and leave out the value of a variable that has no default.
    for (const [settings, env, names] of [
      [null, null, []],
      [
        ['A=', 'B=1', 'C'],
        [{ Name: 'A' }, { Name: 'B', Value: '0' }],
        ['B', 'C'],
      ],
    ] as const) {
      const told = {
        ...plugin,
        Config: { ...Config, Env: env },
        Settings: { ...Settings, Env: settings },
      }
      const shown = await look({ ...engine, call: async () => told as never }, REFERENCE)
      assert.equal(shown.state === 'present' && shown.settings, names)
    }
    fleet.close()
  })

  test('a setting without a value is set, as it is by an install', async () => {
    const { plugin } = await planFor(1)
    const settings = [{ name: 'DEBUG' }]
    await onTarget({ plan: { plugin: { ...plugin, settings } } }, async ({ step, fleet }) => {
      assert.is((await step()).state, 'done')
      const alone = engines()
      await installPlugin(alone.of(0).engine, { ...GRANTED, settings: ['DEBUG'] }).result
      assert.equal(fleet.of(0).plugins()[0]?.Settings.Env, alone.of(0).plugins()[0]?.Settings.Env)
      alone.close()
    })
  })
})
