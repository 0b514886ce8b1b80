import * as assert from 'uvu/assert'
import type { Plugin } from '../../../../machines/plugin.ts'
import { item, observe } from '../../../../machines/plugin-upgrade/effect.ts'
import type { UpgradePorts } from '../../../../machines/plugin-upgrade/steps/ports.ts'
import {
  configurePlugin,
  restorePlugin,
} from '../../../../machines/plugin-upgrade/steps/setEffect.ts'
import type { Answers } from '../../../support/fakePorts.ts'
import { pluginId as id, withMount } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'
import { name, newVersion, off, on, plugin, ports } from '../../../support/upgradePorts.ts'

const { signal } = new AbortController()

suite('configurePlugin', (test) => {
  const settings = [
    { name: 'DEBUG', value: '1' },
    { name: 'LEVEL', value: '2' },
  ]
  const run = async (looks: Plugin[], more: object, own: Partial<UpgradePorts> = {}) => {
    const sent: unknown[] = []
    const pluginSet: Answers['pluginSet'] = async (input) => void sent.push(input.settings)
    const { ports: of, log } = ports(looks, { pluginSet }, own)
    const { effect: expected } = observe(looks.at(-1) as Plugin)
    const request = { name, expected, settings, staysDisabled: false, ...more }
    const end = await configurePlugin(of, request, signal).catch((error) => error)
    return { log, end, sent }
  }

  test('each by a call of its own, after the record, and what there is then', async () => {
    const { log, end, sent } = await run([off, newVersion], {})
    assert.equal(sent, [['DEBUG=1'], ['LEVEL=2']])
    assert.equal(log, ['record', `pluginSet ${id}`, `pluginSet ${id}`])
    assert.equal(end, observe(newVersion))
  })

  test('a mount or a device that is not as planned :: is a failure before it is enabled', async () => {
    for (const kind of ['mount', 'device'] as const) {
      const expected = [...observe(off).effect, item(kind, 'other', '/')]
      const { end } = await run([off], { settings: [], expected })
      assert.equal(
        [end.code, end.message],
        ['not-in-effect', `before ${name} was enabled, this was not as planned: the ${kind} other`],
      )
    }
  })

  test('enabled meanwhile :: is disabled first', async () => {
    const { log } = await run([on, off], { settings: [] })
    assert.equal(log, ['record', `pluginDisable ${id} true`])
  })

  test('a secret that has no effect :: is a failure', async () => {
    const secret = { settings: [{ name: 'DEBUG', secret: true }] }
    const { end } = await run([off], secret, { hasSecret: () => false, fill: () => 'DEBUG=s' })
    assert.equal(
      [end.code, end.message, end.details],
      ['set-failed', `the setting DEBUG of ${name} has no effect`, { operation: 'pluginSet' }],
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

  test('a setting that differs is set again, and nothing else, after the record', async () => {
    const now = withEnv('DEBUG=1', 'FIXED=yes', 'LEVEL=2')
    const { log, end, sent } = await run(now)
    assert.equal(sent, ['DEBUG=0'])
    assert.equal(log, ['record', `pluginSet ${id}`])
    assert.equal(end, observe(now))
    assert.equal((await run(off)).sent, [])
  })

  test('one that stays disabled :: is written down by a set of what it has', async () => {
    const there = plugin({ Config: withMount })
    assert.equal((await run(there, {}, [], there)).sent, ['state.source='])
    assert.equal((await run(there, {}, [], { ...there, Enabled: true })).sent, [])
    const changed = { ...there, Settings: { ...there.Settings, Env: ['DEBUG=1', 'FIXED=yes'] } }
    assert.equal((await run(changed, {}, [], there)).sent, ['DEBUG=0'])
  })

  test('its owner’s value :: as this process remembers it', async () => {
    const owners = { ...on, Settings: { ...on.Settings, Env: ['DEBUG=own', 'FIXED=yes'] } }
    const known = { knownValue: () => 'own' }
    assert.equal((await run(off, known, [], owners)).sent, ['DEBUG=own'])
    const { end, sent } = await run(off, {}, [], owners)
    assert.equal([end.code, sent], ['set-failed', []])
    assert.is(end.message, 'the value that DEBUG had before is not known to this process')
    assert.equal(end.details, { unsent: true })
  })

  test('where a secret was set :: the old value in any case', async () => {
    assert.equal((await run(off, {}, ['DEBUG'])).sent, ['DEBUG=0'])
    assert.equal((await run(withEnv('DEBUG=1', 'FIXED=yes'), {}, ['DEBUG'])).sent, ['DEBUG=0'])
    assert.equal((await run(off, {}, ['LEVEL'])).sent, [])
    const both = await run(withEnv('DEBUG=1', 'FIXED=yes'), {}, ['DEBUG', 'FIXED'])
    assert.equal(both.sent, ['DEBUG=0', 'FIXED=yes'])
  })

  test('a variable and a device of one name :: are set each', async () => {
    const withDevice = (Path: string) => {
      const Devices = [{ Name: 'DEBUG', Description: '', Settable: ['path'], Path }]
      return plugin({ Settings: { ...off.Settings, Devices } })
    }
    const { sent } = await run(withDevice('/dev/b'), {}, ['DEBUG'], withDevice('/dev/a'))
    assert.equal(sent, ['DEBUG.path=/dev/a', 'DEBUG=0'])
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

  test('a setting that was not there before and cannot be taken away :: is a failure', async () => {
    const lacking = { ...on, Settings: { ...on.Settings, Env: ['FIXED=yes'] } }
    const { end } = await run(off, {}, [], lacking)
    assert.equal([end.code, end.message], ['set-failed', 'the env DEBUG was not in effect before'])
    assert.equal(end.details, { unsent: true })
  })
})
