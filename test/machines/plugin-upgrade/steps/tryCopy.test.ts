import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { Plugin } from '../../../../machines/plugin.ts'
import { observe } from '../../../../machines/plugin-upgrade/effect.ts'
import type { DisableRequest } from '../../../../machines/plugin-upgrade/inputs.ts'
import { disablePlugin, tryCopy } from '../../../../machines/plugin-upgrade/steps/tryCopy.ts'
import { type Answers, rejection } from '../../../support/fakePorts.ts'
import { pluginId as id, sampleConfig } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import {
  another,
  full,
  name,
  newVersion,
  off,
  on,
  plugin,
  ports,
} from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

const disk = { Name: 'disk', Description: '', Path: '/dev/sda', Settable: ['path'] }
const state = {
  Name: 'state',
  Description: '',
  Source: '/data',
  Destination: '/state',
  Type: 'bind',
  Options: [],
  Settable: ['source'],
}
const etc = { ...state, Source: '/etc' }
const copy = plugin({ Config: sampleConfig({ Mounts: [state] }) })

const withDisk = { ...copy, Settings: { ...copy.Settings, Devices: [disk] } }
const elsewhere = { ...copy, Config: { ...copy.Config, Mounts: [etc] } }

suite('tryCopy', (test) => {
  test('is enabled and disabled again, after the record', async () => {
    const { ports: of, log } = ports([off])
    await tryCopy(of, { copy: observe(off), timeout: 7 }, signal)
    assert.equal(log, ['record', `pluginEnable ${id} 7`, `pluginDisable ${id} true`])
  })

  for (const [what, shown, code, words] of [
    ['with a device more', withDisk, 'not-in-effect', /not as planned: the device disk$/],
    ['with a mount elsewhere', elsewhere, 'not-in-effect', /not as planned: the mount state$/],
    ['of other content', another, 'changed-by-others', /its config$/],
    ['gone', undefined, 'plugin-gone', /removed/],
  ] satisfies [string, Plugin | undefined, string, RegExp][]) {
    test(`a copy ${what} than was agreed to :: is not enabled`, async () => {
      const { ports: of, log } = ports([shown])
      const request = { copy: observe(copy), timeout: 7 }
      const error = await tryCopy(of, request, signal).catch((thrown) => thrown)
      assert.equal([log, error?.code], [['record'], code])
      assert.match(error?.message, words)
    })
  }
})

suite('disablePlugin', (test) => {
  const run = async (
    looks: Plugin[],
    answers: Answers = {},
    more: Partial<DisableRequest> = {},
  ) => {
    const { ports: of, log } = ports(looks, answers)
    const rest = { force: false, isReplaced: false, mayBeDisabled: false }
    const request = { plugin: observe(on), ...rest, ...more }
    const error = await disablePlugin(of, request, signal).catch((thrown) => thrown)
    return { log, code: error?.code, message: error?.message, next: error?.details?.next }
  }
  const disabled = ['record', `pluginDisable ${id} false`]

  test('one that is as it was :: is disabled, after the record', async () => {
    const { log, code } = await run([on, on, off])
    assert.equal([log, code], [disabled, undefined])
  })

  test('an answer that it failed :: the plugin tells', async () => {
    const pluginDisable = () => Promise.reject(full)
    assert.equal((await run([on, on, off], { pluginDisable })).code, undefined)
    assert.equal((await run([on, on, on], { pluginDisable })).code, 'disk-full')
  })

  test('a run that has ended meanwhile :: nothing more is asked', async () => {
    const controller = new AbortController()
    const pluginDisable = () => {
      controller.abort()
      return Promise.reject(full)
    }
    const { ports: of } = ports([on, on, off], { pluginDisable })
    const rest = { force: false, isReplaced: false, mayBeDisabled: false }
    const end = disablePlugin(of, { plugin: observe(on), ...rest }, controller.signal)
    assert.is(await rejection(end), full)
  })

  test('still enabled afterwards :: is a failure of the engine', async () => {
    const { code, message } = await run([on])
    assert.equal([code, message], ['engine-failed', `${name} is still enabled`])
  })

  test('disabled by an earlier process of the run :: is done, by another client: left to it', async () => {
    const own = await run([off], {}, { mayBeDisabled: true })
    assert.equal([own.log, own.code], [['record'], undefined])
    const enabled = await run([on, on, off], {}, { mayBeDisabled: true })
    assert.equal([enabled.log, enabled.code], [disabled, undefined])
    const others = await run([off])
    assert.equal([others.code, others.log], ['changed-by-others', ['record']])
    assert.match(others.message, /during the upgrade: its enabled$/)
    assert.equal(
      (await run([{ ...off, PluginReference: 'x' }], {}, { mayBeDisabled: true })).code,
      'changed-by-others',
    )
  })

  test('one that is to be replaced :: is not forced, for an engine removes none that is in use', async () => {
    const pluginDisable = () => Promise.reject(new EngineError('in-use', 'in use'))
    const replaced = await run([on], { pluginDisable }, { force: true, isReplaced: true })
    assert.equal([replaced.log, replaced.code], [disabled, 'in-use'])
    assert.match(replaced.next, '--mode in-place --force')
    const inPlace = await run([on], { pluginDisable }, { force: true })
    assert.equal(inPlace.log, ['record', `pluginDisable ${id} true`])
    assert.is(inPlace.next, undefined)
    const pluginFails = () => Promise.reject(full)
    const other = await run([on], { pluginDisable: pluginFails }, { isReplaced: true })
    assert.equal([other.code, other.next], ['disk-full', undefined])
  })

  test('swapped late, as an earlier process had asked :: is disabled with that', async () => {
    const late = observe(newVersion)
    const mayBe = { mayBeDisabled: true, late }
    const { log, code } = await run([off, newVersion, newVersion], {}, mayBe)
    assert.equal([log, code], [['record'], undefined])
    const between = await run([on, newVersion], {}, mayBe)
    assert.equal([between.log, between.code], [['record'], undefined])
    const looks = [off, newVersion, newVersion]
    assert.is((await run(looks, {}, { mayBeDisabled: true })).code, 'changed-by-others')
    assert.is((await run([off, another, another], {}, mayBe)).code, 'changed-by-others')
  })

  for (const [part, changed] of [
    ['config', { ...on, Config: another.Config }],
    ['effect', { ...on, Settings: { ...on.Settings, Env: ['DEBUG=1'] } }],
    ['reference', { ...on, PluginReference: 'acme/probe:9' }],
  ] satisfies [string, Plugin][]) {
    test(`its ${part} changed meanwhile :: nothing is sent`, async () => {
      const { log, message } = await run([changed])
      assert.equal(log, ['record'])
      assert.match(message, part)
    })
  }
})
