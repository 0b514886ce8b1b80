import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { Plugin } from '../../../../machines/plugin.ts'
import { observe } from '../../../../machines/plugin-upgrade/effect.ts'
import type { DisableRequest } from '../../../../machines/plugin-upgrade/inputs.ts'
import {
  enablePlugin,
  quiescePlugin,
} from '../../../../machines/plugin-upgrade/steps/enablePlugin.ts'
import type { UpgradePorts } from '../../../../machines/plugin-upgrade/steps/ports.ts'
import { readPlugin } from '../../../../machines/plugin-upgrade/steps/readPlugin.ts'
import {
  configurePlugin,
  restorePlugin,
} from '../../../../machines/plugin-upgrade/steps/setEffect.ts'
import { returnPlugin, swapPlugin } from '../../../../machines/plugin-upgrade/steps/swapPlugin.ts'
import { disablePlugin, tryCopy } from '../../../../machines/plugin-upgrade/steps/tryCopy.ts'
import { textOf } from '../../../../machines/settings.ts'
import { type Answers, fakeEngine, inspections, rejection } from '../../../support/fakePorts.ts'
import { pluginId as id, sampleConfig, samplePlugin, withMount } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const { signal } = new AbortController()
const name = 'acme/probe:1.0'
const Env = ['DEBUG=0', 'FIXED=yes']
const plugin = (overrides: Partial<Plugin> = {}) =>
  samplePlugin({ Settings: { Args: [], Devices: [], Env, Mounts: [] }, ...overrides })
const on = plugin({ Enabled: true })
const off = plugin()
const newVersion = plugin({ Config: sampleConfig({ Description: 'new' }) })
const another = plugin({ Config: sampleConfig({ Description: 'another' }) })
const full = new EngineError('disk-full', 'full', { status: 500 })

/** Ports whose engine shows these plugins, one a look; the log has its changes, the records and the pauses. */
function ports(
  looks: (Plugin | undefined | Error)[],
  answers: Answers = {},
  own: Partial<UpgradePorts> = {},
) {
  const log: string[] = []
  const note = (call: string) => {
    if (!call.startsWith('pluginInspect')) log.push(call)
  }
  const engine = fakeEngine({
    pluginInspect: inspections(...looks),
    pluginDisable: async () => {},
    pluginUpgrade: async () => ({}),
    ...answers,
  })
  const call: typeof engine.call = (operation, input, options) => {
    note(
      [operation, ...Object.values(input).filter((value) => typeof value !== 'object')].join(' '),
    )
    return engine.call(operation, input, options)
  }
  const all = {
    engine: { call },
    pause: async (ms: number) => void log.push(`pause ${ms}`),
    record: async () => void log.push('record'),
    remember: () => {},
    fill: textOf,
    knownValue: () => undefined,
    hasSecret: () => true,
    onMessage: () => {},
    ...own,
  } satisfies UpgradePorts & { onMessage: unknown }
  return { log, ports: all }
}

suite('readPlugin', (test) => {
  test('the plugin, and the copy of a run that is taken up again where it is there', async () => {
    const remembered: unknown[] = []
    const own = {
      remember: (one: Plugin, mayBeOwn: boolean) => void remembered.push([one, mayBeOwn]),
    }
    const request = { name: 'probe', mayBeSwapped: false }
    assert.equal(await readPlugin(ports([on], {}, own).ports, request, signal), {
      plugin: observe(on),
    })
    assert.equal(remembered, [[on, false]])
    const resumed = { ...request, copyName: 'copy' }
    const both = await readPlugin(ports([on, off]).ports, resumed, signal)
    assert.equal(both, { plugin: observe(on), copy: observe(off) })
    const gone = await readPlugin(ports([on, undefined]).ports, resumed, signal)
    assert.equal(gone, { plugin: observe(on) })
  })

  test('one that is not there :: is missing, by the name that was given', async () => {
    const error = await rejection(
      readPlugin(ports([undefined]).ports, { name: 'probe', mayBeSwapped: false }, signal),
    )
    assert.equal([error.code, error.message], ['plugin-missing', 'the engine has no plugin probe'])
  })
})

suite('tryCopy', (test) => {
  test('is enabled and disabled again, after the record', async () => {
    const { ports: of, log } = ports([])
    await tryCopy(of, { copy: observe(off), timeout: 7 }, signal)
    assert.equal(log, ['record', `pluginEnable ${id} 7`, `pluginDisable ${id} true`])
  })
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

  test('still enabled afterwards :: is a failure of the engine', async () => {
    const { code, message } = await run([on])
    assert.equal([code, message], ['engine-failed', `${name} is still enabled`])
  })

  test('disabled by an earlier process of the run :: is done, by another client: left to it', async () => {
    assert.equal((await run([off], {}, { mayBeDisabled: true })).log, ['record'])
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

  test('a full disk :: the plugin tells whether it is enabled', async () => {
    assert.is((await run([off, on], failing(full))).error, undefined)
    assert.is((await run([off, off], failing(full))).error, full)
  })

  test('one that another client enabled :: is disabled and enabled by this run', async () => {
    const { log, error } = await run([off, on], failing(refused('done')))
    assert.is(error, undefined)
    assert.equal(log, ['record', enable, `pluginDisable ${id} true`, enable])
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
      assert.equal([end.error, end.log], [error, ['record', enable]])
    }
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

suite('swapPlugin', (test) => {
  const request = { before: observe(on), remote: 'r', privileges: [] }

  test('in place :: by name, after the record and the look', async () => {
    const { ports: of, log } = ports([off])
    await swapPlugin(of, { ...request, mode: 'inPlace' }, signal)
    assert.equal(log, ['record', `pluginUpgrade ${name} r`])
  })

  test('replaced :: removed by its id, never with force, and pulled under its name', async () => {
    const { ports: of, log } = ports([off])
    await swapPlugin(of, { ...request, mode: 'replace' }, signal)
    assert.equal(log, ['record', `pluginDelete ${id} false`, `pluginPull ${name} r`])
  })

  test('enabled meanwhile, or gone :: is left alone', async () => {
    for (const [look, code] of [
      [on, 'changed-by-others'],
      [undefined, 'plugin-gone'],
    ] as const) {
      const { ports: of, log } = ports([look])
      const error = await rejection(swapPlugin(of, { ...request, mode: 'inPlace' }, signal))
      assert.equal([error.code, log], [code, ['record']])
    }
  })
})

suite('returnPlugin', (test) => {
  const back = { remote: 'old', privileges: [] }
  const request = {
    mode: 'inPlace',
    before: observe(on),
    copy: observe(newVersion),
    back,
    swap: 'ended',
  } as const
  const run = async (looks: (Plugin | undefined)[], more: object = {}) => {
    const { ports: of, log } = ports(looks)
    const end = await returnPlugin(of, { ...request, ...more }, signal).catch((error) => error)
    return { log, end }
  }
  const upgraded = ['record', `pluginUpgrade ${name} old`]

  test('the new version :: gives way to the old', async () => {
    assert.equal(await run([newVersion, off]), { log: upgraded, end: observe(off) })
  })

  test('the old version :: is there already', async () => {
    assert.equal(await run([off]), { log: [], end: observe(off) })
  })

  test('replaced :: the new one is removed first, where it is there', async () => {
    const mode = 'replace'
    const pulled = `pluginPull ${name} old`
    assert.equal((await run([newVersion, off], { mode })).log, [
      'record',
      `pluginDelete ${id} false`,
      pulled,
    ])
    assert.equal((await run([undefined, off], { mode })).log, ['record', pulled])
  })

  test('gone, or of neither content :: is another client’s work', async () => {
    const gone = await run([undefined])
    assert.match(gone.end.message, /during the upgrade: it is gone$/)
    for (const swap of ['unknown', 'refused']) {
      const other = await run([another], { swap })
      assert.match(other.end.message, 'it is neither the old version nor the new one')
      assert.equal(other.log, [])
    }
    const unseen = await run([another], { swap: 'refused', copy: undefined })
    assert.is(unseen.end.code, 'changed-by-others')
    assert.equal((await run([another, off])).log, upgraded)
    assert.equal((await run([newVersion, off], { swap: 'unknown' })).log, upgraded)
  })

  test('a swap that was cut :: is waited for, while the engine may have all of it', async () => {
    const swap = 'unknown'
    const twice = ['pause 500', 'pause 500']
    assert.equal((await run([off, off, newVersion, off], { swap })).log, [...twice, ...upgraded])
    assert.is((await run([off], { swap })).log.length, 20)
    const pulled = ['record', `pluginDelete ${id} false`, `pluginPull ${name} old`]
    const replaced = await run([undefined, undefined, newVersion, off], { swap, mode: 'replace' })
    assert.equal(replaced.log, [...twice, ...pulled])
    assert.equal((await run([undefined], { swap })).log, [])
    assert.equal((await run([{ ...off, Id: 'x' }], { swap })).log, [])
  })

  test('without a way back, or one to other content :: says so', async () => {
    const none = await run([newVersion], { back: { none: 'the tag has moved' } })
    assert.equal(
      [none.end.code, none.end.message, none.log],
      ['no-way-back', 'the tag has moved', []],
    )
    const moved = await run([newVersion, another])
    assert.equal(
      [moved.end.code, moved.end.message],
      ['digest-changed', 'old names other content by now'],
    )
  })
})

suite('configurePlugin', (test) => {
  const settings = [
    { name: 'DEBUG', value: '1' },
    { name: 'LEVEL', value: '2' },
  ]
  const run = async (looks: Plugin[], more: object, own: Partial<UpgradePorts> = {}) => {
    const sent: unknown[] = []
    const pluginSet: Answers['pluginSet'] = async (input) => void sent.push(input.settings)
    const { ports: of, log } = ports(looks, { pluginSet }, own)
    const request = { name, settings, staysDisabled: false, ...more }
    const end = await configurePlugin(of, request, signal).catch((error) => error)
    return { log, end, sent }
  }

  test('each by a call of its own, after the record, and what there is then', async () => {
    const { log, end, sent } = await run([off, newVersion], {})
    assert.equal(sent, [['DEBUG=1'], ['LEVEL=2']])
    assert.equal(log, ['record', `pluginSet ${id}`, `pluginSet ${id}`])
    assert.equal(end, observe(newVersion))
  })

  test('enabled meanwhile :: is disabled first', async () => {
    const { log } = await run([on, off], { settings: [] })
    assert.equal(log, ['record', `pluginDisable ${id} true`])
  })

  test('a secret that has no effect :: is a failure', async () => {
    const secret = { settings: [{ name: 'DEBUG', secret: true }] }
    const { end } = await run([off], secret, { hasSecret: () => false, fill: () => 'DEBUG=s' })
    assert.equal(
      [end.code, end.message],
      ['set-failed', `the setting DEBUG of ${name} has no effect`],
    )
    assert.equal((await run([off], {}, { hasSecret: () => false })).end, observe(off))
    assert.equal((await run([off], secret, { fill: () => 'DEBUG=s' })).end, observe(off))
  })

  test('one that stays disabled :: is written down by a set of what it has, where there is one', async () => {
    const mount = { ...withMount.Mounts?.[0], Source: '/data' } as never
    const withSource = plugin({ Config: { ...withMount, Mounts: [mount] } })
    const none = { settings: [], staysDisabled: true }
    assert.equal((await run([withSource], none)).sent, [['state.source=/data']])
    assert.equal((await run([plugin({ Config: withMount })], none)).sent, [['state.source=']])
    assert.equal((await run([off], none)).sent, [])
    assert.equal((await run([withSource], { settings: [] })).sent, [])
    assert.equal((await run([withSource], { staysDisabled: true })).sent, [
      ['DEBUG=1'],
      ['LEVEL=2'],
    ])
  })
})

suite('restorePlugin', (test) => {
  const run = async (
    now: Plugin,
    own: Partial<UpgradePorts> = {},
    secrets: string[] = [],
    before = on,
  ) => {
    const sent: unknown[] = []
    const pluginSet: Answers['pluginSet'] = async (input) => void sent.push(...input.settings)
    const { ports: of, log } = ports([now], { pluginSet }, own)
    const request = { before: observe(before), secrets }
    const end = await restorePlugin(of, request, signal).catch((error) => error)
    return { log, end, sent }
  }
  const withEnv = (...env: string[]) => plugin({ Settings: { ...off.Settings, Env: env } })

  test('what differs is set again, and nothing else', async () => {
    assert.equal((await run(withEnv('DEBUG=1', 'FIXED=yes', 'LEVEL=2'))).sent, ['DEBUG=0'])
    assert.equal((await run(off)).sent, [])
  })

  test('its owner’s value :: as this process remembers it', async () => {
    const owners = { ...on, Settings: { ...on.Settings, Env: ['DEBUG=own', 'FIXED=yes'] } }
    const known = { knownValue: () => 'own' }
    assert.equal((await run(off, known, [], owners)).sent, ['DEBUG=own'])
    const { end, sent } = await run(off, {}, [], owners)
    assert.equal([end.code, sent], ['set-failed', []])
    assert.is(end.message, 'the value that DEBUG had before is not known to this process')
  })

  test('where a secret was set :: the old value in any case', async () => {
    assert.equal((await run(off, {}, ['DEBUG'])).sent, ['DEBUG=0'])
    assert.equal((await run(withEnv('DEBUG=1', 'FIXED=yes'), {}, ['DEBUG'])).sent, ['DEBUG=0'])
    assert.equal((await run(off, {}, ['LEVEL'])).sent, [])
  })

  test('a mount and a device :: by their fields', async () => {
    const withParts = (Source: string, Path: string): Plugin =>
      plugin({
        Config: {
          ...withMount,
          Mounts: [{ ...withMount.Mounts?.[0], Source } as never],
        },
        Settings: {
          ...off.Settings,
          Devices: [{ Name: 'disk', Description: '', Settable: ['path'], Path }],
        },
      })
    const { sent } = await run(withParts('/b', '/dev/b'), {}, [], withParts('/a', '/dev/a'))
    assert.equal(sent, ['state.source=/a', 'disk.path=/dev/a'])
  })

  test('what was not there before and cannot be taken away :: is a failure', async () => {
    const lacking = { ...on, Settings: { ...on.Settings, Env: ['FIXED=yes'] } }
    const { end } = await run(off, {}, [], lacking)
    assert.equal([end.code, end.message], ['set-failed', 'the env DEBUG was not in effect before'])
  })
})
