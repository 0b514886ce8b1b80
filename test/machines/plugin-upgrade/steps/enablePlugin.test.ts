import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { Plugin } from '../../../../machines/plugin.ts'
import {
  enablePlugin,
  quiescePlugin,
} from '../../../../machines/plugin-upgrade/steps/enablePlugin.ts'
import { type Answers, rejection } from '../../../support/fakePorts.ts'
import { pluginId as id } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import { full, name, off, on, ports } from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

suite('enablePlugin', (test) => {
  const request = { name, timeout: 7 }
  const enable = `pluginEnable ${id} 7`
  const refused = (alreadyEnabled?: 'done' | 'starting') =>
    new EngineError('enable-failed', 'no', {
      status: 409,
      ...(alreadyEnabled && { alreadyEnabled }),
    })
  /** Fails with these, one a call, and then succeeds. */
  const failing = (...errors: Error[]): Answers => ({
    async pluginEnable() {
      const error = errors.shift()
      if (error) throw error
    },
  })
  const run = async (looks: Plugin[], answers: Answers, more: object = {}) => {
    const { ports: of, log } = ports(looks, answers)
    const error = await enablePlugin(of, { ...request, ...more }, signal).catch((thrown) => thrown)
    return { log, error }
  }

  test('is recorded first', async () => {
    assert.equal((await run([off], {})).log, ['record', enable])
  })

  test('a full disk :: the plugin is looked up to see whether it is enabled', async () => {
    assert.is((await run([off, on], failing(full))).error, undefined)
    assert.is((await run([off, off], failing(full))).error, full)
  })

  test('one that another client enabled :: is disabled and enabled by this run', async () => {
    for (const looks of [[off, on], [on]]) {
      const { log, error } = await run(looks, failing(refused('done')))
      assert.is(error, undefined)
      assert.equal(log, ['record', enable, `pluginDisable ${id} true`, enable])
    }
  })

  test('one that the engine is starting :: is waited for, longer each time, and not for ever', async () => {
    const errors = Array.from({ length: 4 }, () => refused('starting'))
    const { log, error } = await run([off], failing(...errors))
    assert.is(error.code, 'enable-failed')
    assert.equal(log, [
      'record',
      enable,
      'pause 2000',
      enable,
      'pause 4000',
      enable,
      'pause 8000',
      enable,
    ])
    assert.is((await run([off], failing(refused('starting')))).error, undefined)
  })

  test('any other refusal, and an error of the host :: are final', async () => {
    for (const error of [refused(), new TypeError('of the host')]) {
      const end = await run([off], failing(error))
      assert.is(end.error, error)
      assert.equal(end.log, ['record', enable])
    }
  })

  test('a run that has ended meanwhile :: nothing more is asked', async () => {
    const controller = new AbortController()
    const pluginEnable = () => {
      controller.abort()
      return Promise.reject(full)
    }
    const { ports: of, log } = ports([off, on], { pluginEnable })
    assert.is(await rejection(enablePlugin(of, request, controller.signal)), full)
    assert.equal(log, ['record', enable])
  })

  test('after a disable that was refused :: one that is enabled stays as it is, at once', async () => {
    assert.equal((await run([on], {}, { disable: 'refused' })).log, [])
    assert.equal((await run([off], {}, { disable: 'refused' })).log, ['record', enable])
  })

  test('after a disable that was cut :: it is waited for', async () => {
    const { log } = await run([on, on, off], {}, { disable: 'unknown' })
    assert.equal(log, ['pause 1000', 'pause 1000', 'record', enable])
    const never = await run([on], {}, { disable: 'unknown' })
    assert.equal(
      never.log,
      Array.from({ length: 12 }, () => 'pause 1000'),
    )
  })
})

suite('quiescePlugin', (test) => {
  const run = async (looks: (Plugin | undefined)[], enable: 'none' | 'refused' | 'unknown') => {
    const { ports: of, log } = ports(looks)
    await quiescePlugin(of, { name, enable }, signal)
    return log
  }

  for (const [enable, pauses] of [
    ['none', 0],
    ['refused', 2],
    ['unknown', 15],
  ] as const) {
    test(`an enable that is ${enable} :: ${pauses} looks, a second apart`, async () => {
      assert.equal(
        await run([off], enable),
        Array.from({ length: pauses }, () => 'pause 1000'),
      )
      assert.equal((await run([undefined], enable)).length, pauses)
    })
  }

  test('one that comes up :: is disabled', async () => {
    const disabled = ['record', `pluginDisable ${id} true`]
    assert.equal(await run([off, on], 'unknown'), ['pause 1000', ...disabled])
  })
})
