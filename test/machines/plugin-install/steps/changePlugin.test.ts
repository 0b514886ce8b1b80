import * as assert from 'uvu/assert'
import { EngineError } from '../../../../machines/errors.ts'
import type { Plugin } from '../../../../machines/plugin.ts'
import {
  applySettings,
  enablePlugin,
} from '../../../../machines/plugin-install/steps/changePlugin.ts'
import { type Setting, textOf } from '../../../../machines/settings.ts'
import { type Answers, fakeEngine, inspections, rejection } from '../../../support/fakePorts.ts'
import { readRecording, recordedBody } from '../../../support/recordingServer.ts'
import { parsed, pluginId, sampleConfig, samplePlugin } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

const { signal } = new AbortController()
const recorded = (name: string): Plugin => JSON.parse(recordedBody(readRecording(name)).toString())
const before = recorded('inspect.name')
const after = recorded('inspect.after-set')
const all = parsed('DEBUG=1', 'state.source=/var/tmp', 'null.path=/dev/zero', 'args=--a --b')

function set(shown: Plugin | undefined, settings: readonly Setting[], answers: Answers = {}) {
  const order: string[] = []
  const engine = fakeEngine({ pluginInspect: inspections(shown), ...answers })
  const ports = {
    engine,
    fill: (given: readonly Setting[]) => given.map(textOf),
    hasSecret: () => false,
    record: async () => void order.push(`recorded after ${engine.calls.length} calls`),
  }
  const changed = applySettings(ports, { plugin: before, settings }, signal)
  return { changed, engine, order }
}

/** The plugin after a set, changed in a part. */
function but(change: (plugin: Plugin) => void): Plugin {
  const plugin = structuredClone(after)
  change(plugin)
  return plugin
}

suite('applySettings', (test) => {
  test('resolves to the plugin as it is after the set', async () => {
    const { changed, engine, order } = set(after, all)
    assert.equal(await changed, after)
    assert.equal(
      engine.calls.map((call) => call.split(' ')[0]),
      ['pluginSet', 'pluginInspect'],
    )
    assert.equal(order, ['recorded after 0 calls'])
  })

  test('a setting that is given twice :: the last one counts', async () => {
    const { changed } = set(after, [...parsed('DEBUG=0', 'DEBUG.value=2'), ...all])
    assert.equal(await changed, after)
  })

  test('refused before it is sent :: nothing is sent', async () => {
    const { changed, engine } = set(after, parsed('BAD=1'))
    assert.is((await rejection(changed)).code, 'unknown-setting')
    assert.equal(engine.calls, [])
  })

  const withoutEffect: [title: string, plugin: Plugin, key: string][] = [
    [
      'a variable',
      but(({ Settings }) => {
        Settings.Env = ['DEBUG=0']
      }),
      'DEBUG',
    ],
    // As after an engine restart: Config has the new path, and the old one runs.
    [
      'a device',
      but(({ Settings }) => {
        Settings.Devices = before.Settings.Devices
      }),
      'null.path',
    ],
    [
      'a mount',
      but(({ Settings }) => {
        Settings.Mounts = before.Settings.Mounts
      }),
      'state.source',
    ],
    [
      'arguments',
      but(({ Settings }) => {
        Settings.Args = ['--first']
      }),
      'args',
    ],
  ]
  for (const [title, plugin, key] of withoutEffect) {
    test(`${title} without effect :: is an error that names it`, async () => {
      const error = await rejection(set(plugin, all).changed)
      assert.is(error.code, 'set-failed')
      assert.is(error.details.operation, 'pluginSet')
      assert.match(error.message, `the setting ${key} `)
    })
  }

  test('the running plugin differs from the one shown :: changed by others', async () => {
    const plugin = but(({ Config }) => {
      for (const mount of Config.Mounts ?? []) mount.Source = '/'
    })
    assert.is((await rejection(set(plugin, all).changed)).code, 'changed-by-others')
  })

  test('another privilege than the settings gave it :: changed by others', async () => {
    const plugin = but(({ Config }) => {
      Config.PidHost = true
    })
    assert.is((await rejection(set(plugin, all).changed)).code, 'changed-by-others')
  })

  test('a mount or a device that no setting names has another path :: changed by others', async () => {
    const mounted = but(({ Config, Settings }) => {
      for (const mount of [...(Config.Mounts ?? []), ...(Settings.Mounts ?? [])]) mount.Source = '/'
    })
    const plugged = but(({ Config, Settings }) => {
      for (const device of [...(Config.Linux.Devices ?? []), ...(Settings.Devices ?? [])])
        device.Path = '/dev/sda'
    })
    for (const [plugin, settings] of [
      [mounted, parsed('DEBUG=1', 'null.path=/dev/zero')],
      [plugged, parsed('DEBUG=1', 'state.source=/var/tmp')],
    ] as const) {
      const error = await rejection(set(plugin, settings).changed)
      assert.is(error.code, 'changed-by-others')
      assert.match(error.message, 'its Config')
    }
  })

  const upgrades: [title: string, change: (plugin: Plugin) => void][] = [
    [
      'its content',
      ({ Config }) => {
        Config.rootfs = { type: 'layers', diff_ids: [`sha256:${'0'.repeat(64)}`] }
      },
    ],
    [
      'what it was pulled from',
      (plugin) => {
        plugin.PluginReference += '-evil'
      },
    ],
    [
      'a variable that was not set',
      ({ Settings }) => {
        Settings.Env?.push('LD_PRELOAD=/tmp/x')
      },
    ],
  ]
  for (const [title, change] of upgrades) {
    test(`${title} is another after the set :: changed by others`, async () => {
      assert.is((await rejection(set(but(change), all).changed)).code, 'changed-by-others')
    })
  }

  test('an engine that no longer shows any variables :: no other client is blamed', async () => {
    const plugin = but(({ Settings }) => {
      Settings.Env = null
    })
    const { changed } = set(plugin, all.slice(1))
    assert.equal(await changed, plugin)
  })

  test('a mount of the same name as one that was set is another :: changed by others', async () => {
    const twice = (plugin: Plugin, source: string) => {
      const [mount] = plugin.Config.Mounts ?? []
      if (!mount) throw new Error('the recorded plugin has a mount')
      const second = { ...mount, Source: source }
      plugin.Config.Mounts = [mount, second]
      plugin.Settings.Mounts = [mount, second]
      return plugin
    }
    const plugin = twice(structuredClone(before), '/tmp')
    const ports = {
      fill: (given: readonly Setting[]) => given.map(textOf),
      hasSecret: () => false,
      record: async () => {},
    }
    const settings = parsed('state.source=/var/tmp')
    const apply = (shown: Plugin) => {
      const engine = fakeEngine({ pluginInspect: inspections(shown) })
      return applySettings({ ...ports, engine }, { plugin, settings }, signal)
    }
    const inOrder = structuredClone(plugin)
    for (const { Mounts } of [inOrder.Config, inOrder.Settings]) {
      if (Mounts?.[0]) Mounts[0].Source = '/var/tmp'
    }
    assert.equal(await apply(inOrder), inOrder)
    const other = structuredClone(inOrder)
    for (const { Mounts } of [other.Config, other.Settings]) {
      if (Mounts?.[1]) Mounts[1].Source = '/'
    }
    assert.is((await rejection(apply(other))).code, 'changed-by-others')
  })

  test('removed meanwhile', async () => {
    assert.is((await rejection(set(undefined, all).changed)).code, 'plugin-gone')
  })
})

function enable(
  shown: Plugin | undefined,
  answers: Answers = {},
  wasRequested = false,
  plugin = samplePlugin(),
) {
  const engine = fakeEngine({ pluginInspect: inspections(shown), ...answers })
  const pauses: number[] = []
  const order: string[] = []
  const ports = {
    engine,
    record: async () => void order.push(`recorded after ${engine.calls.length} calls`),
    pause: async (ms: number) => void pauses.push(ms),
  }
  const done = enablePlugin(ports, { plugin, timeout: 0, wasRequested }, signal)
  return Object.assign(done, { pauses, order })
}

function refusals(...alreadyEnabled: ('done' | 'starting' | undefined)[]) {
  return async () => {
    const [first, ...others] = alreadyEnabled
    if (others.length > 0 || first !== undefined) alreadyEnabled.shift()
    if (first === undefined) return undefined
    throw new EngineError('enable-failed', `it is ${first}`, { status: 409, alreadyEnabled: first })
  }
}

suite('enablePlugin', (test) => {
  test('still what was verified', async () => {
    const end = enable(samplePlugin({ Enabled: true }))
    assert.is(await end, undefined)
    assert.equal(end.order, ['recorded after 0 calls'])
  })

  test('enabled already :: another client did that', async () => {
    const pluginEnable = refusals('done')
    const error = await rejection(enable(samplePlugin(), { pluginEnable }))
    assert.is(error.code, 'changed-by-others')
  })

  test('enabled already, as an earlier process of this run had asked :: it is done', async () => {
    const pluginEnable = refusals('done')
    assert.is(await enable(samplePlugin(), { pluginEnable }, true), undefined)
  })

  test('being started, as an earlier process had asked :: asked again until it is enabled', async () => {
    const enabled = samplePlugin({ Enabled: true })
    const end = enable(enabled, { pluginEnable: refusals('starting', 'starting', 'done') }, true)
    assert.is(await end, undefined)
    assert.equal(end.pauses, [500, 1_000])
    const stopped = enable(enabled, { pluginEnable: refusals('starting', undefined) }, true)
    assert.is(await stopped, undefined)
  })

  test('being started for too long, or by another client :: the refusal is passed on', async () => {
    const always = Array.from({ length: 6 }, () => 'starting' as const)
    const long = enable(samplePlugin(), { pluginEnable: refusals(...always) }, true)
    assert.is((await rejection(long)).code, 'enable-failed')
    assert.equal(long.pauses, [500, 1_000, 2_000, 4_000, 8_000])
    const others = enable(samplePlugin(), { pluginEnable: refusals('starting') })
    assert.is((await rejection(others)).code, 'enable-failed')
    assert.equal(others.pauses, [])
  })

  test('any other failure is passed on', async () => {
    const refused = new EngineError('plugin-did-not-listen', 'no socket', { status: 500 })
    for (const failed of [refused, new TypeError('a fault of the host')]) {
      for (const wasRequested of [false, true]) {
        const pluginEnable = () => Promise.reject(failed)
        const end = enable(samplePlugin(), { pluginEnable }, wasRequested)
        assert.is(await rejection(end), failed)
        assert.equal(end.pauses, [])
      }
    }
  })

  const paths: [title: string, path: string | undefined, other: RegExp][] = [
    ['a mount that can be set', '/tmp/', /^Create it\. Or install with state\.source=PATH/],
    ['a device that can be set', '/dev/null', /^Create it\. Or install with null\.path=PATH/],
    ['a mount that cannot be set', '/etc', /^Create it\. No setting .+ changes this path\.$/],
    ['a mount without a source', undefined, /^Create it\. Or install with unset\.source=PATH/],
    ['a path that is not of the plugin', '/nosuch', /^Create it\.$/],
  ]
  for (const [title, hostPath, next] of paths) {
    test(`a host path that the engine cannot use, ${title} :: ${next.source}`, async () => {
      const plugin = structuredClone(before)
      const [mount] = plugin.Config.Mounts ?? []
      assert.ok(mount)
      plugin.Config.Mounts = [
        { ...mount, Name: 'state', Settable: ['source'], Source: '/tmp' },
        { ...mount, Name: 'fixed', Settable: null, Source: '/etc' },
        { ...mount, Name: 'unset', Settable: ['source'], Source: null },
      ]
      const details = { ...(hostPath && { hostPath }), next: 'Create it.' }
      const failed = new EngineError('mount-source-missing', 'x', details)
      const pluginEnable = () => Promise.reject(failed)
      const error = await rejection(enable(plugin, { pluginEnable }, false, plugin))
      assert.is(error.code, 'mount-source-missing')
      assert.match(error.details.next ?? '', next)
    })
  }

  test('a host path that the engine cannot use, and no next step yet :: the setting is the step', async () => {
    const failed = new EngineError('mount-source-missing', 'x', { hostPath: '/tmp' })
    const pluginEnable = () => Promise.reject(failed)
    const error = await rejection(enable(before, { pluginEnable }, false, before))
    assert.match(error.details.next ?? '', /^Or install with state\.source=PATH/)
  })

  const changes: [title: string, plugin: Partial<Plugin>, part: string][] = [
    ['its config', { Config: sampleConfig({ PidHost: true }) }, 'Config'],
    ['its settings', { Settings: { Args: ['x'], Devices: [], Env: [], Mounts: [] } }, 'Settings'],
    ['what it was pulled from', { PluginReference: 'acme/probe:evil' }, 'PluginReference'],
    ['its name', { Name: 'acme/evil:1.0' }, 'Name'],
  ]
  for (const [title, plugin, part] of changes) {
    test(`${title} was changed meanwhile :: is named`, async () => {
      const error = await rejection(enable(samplePlugin(plugin)))
      assert.is(error.code, 'changed-by-others')
      assert.match(error.message, part)
      assert.not.match(error.message, pluginId)
    })
  }

  test('removed meanwhile', async () => {
    assert.is((await rejection(enable(undefined))).code, 'plugin-gone')
  })
})
