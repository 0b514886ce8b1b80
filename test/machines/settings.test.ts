import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { PluginConfig } from '../../machines/plugin.ts'
import { computePrivileges, samePrivileges } from '../../machines/privileges.ts'
import {
  describeSettings,
  findHostPath,
  keyOf,
  parseSetting,
  type Setting,
  textOf,
  unseenWidening,
  withoutSettings,
} from '../../machines/settings.ts'
import { parsed, sampleConfig, samplePlugin, withMount } from '../support/samples.ts'
import { suite } from '../support/suite.ts'

const secret = (name: string): Setting => ({ name, secret: true })

suite('settings', (test) => {
  test('secret :: known by its name', () => {
    assert.equal(describeSettings([secret('DEBUG')]), [
      { name: 'DEBUG', secret: true, widens: false },
    ])
  })

  test('secret :: one that turns out to point a mount elsewhere was not shown', () => {
    const shown = describeSettings([{ name: 'state', secret: true }])
    assert.equal(unseenWidening(withMount, shown), shown)
  })

  test('parse :: NAME[.FIELD][=VALUE]', () => {
    assert.equal(parseSetting('DEBUG'), { name: 'DEBUG' })
    assert.equal(parseSetting('DEBUG='), { name: 'DEBUG', value: '' })
    assert.equal(parseSetting('DEBUG=a=b c'), { name: 'DEBUG', value: 'a=b c' })
    assert.equal(parseSetting('a.b.source=/x'), { name: 'a.b', field: 'source', value: '/x' })
    assert.equal(parseSetting('a.path=/x'), { name: 'a', field: 'path', value: '/x' })
    assert.equal(parseSetting('.x=1'), { name: '.x', value: '1' })
    for (const text of ['DEBUG', 'DEBUG=', 'A.b=c=d', '.x=1', 'a.b.source=/x']) {
      assert.is(textOf(parseSetting(text)), text)
      assert.is(keyOf(parseSetting(text)), text.split('=')[0])
    }
    assert.throws(() => parseSetting('=1'), /"=1" has no name/)
    assert.throws(() => parseSetting(''), /"" has no name/)
  })

  test('consent :: holds if and only if the installed config asks for what was granted', async () => {
    const config = fc.record({
      Network: fc.record({ Type: fc.constantFrom('', 'host', 'bridge', 'none') }),
      IpcHost: fc.boolean(),
      PidHost: fc.boolean(),
      Mounts: fc.array(mountOf(fc.constantFrom('/', '/tmp', null)), { maxLength: 2 }),
      Linux: fc.record({
        AllowAllDevices: fc.boolean(),
        Capabilities: fc.subarray(['CAP_SYS_ADMIN', 'CAP_NET_ADMIN']),
        Devices: fc.array(deviceOf(fc.constantFrom('/dev/null', '/dev/sda', null)), {
          maxLength: 2,
        }),
      }),
    })
    // Two that are made apart are hardly ever the same.
    const pair = fc.oneof(
      fc.tuple(config, config),
      config.map((one) => [one, { ...one, Linux: { ...one.Linux } }] as const),
    )
    const seen = { held: 0, refused: 0 }
    await fc.assert(
      fc.property(pair, ([granted, installed]) => {
        const [one, other] = [sampleConfig(granted), sampleConfig(installed)]
        const holds = samePrivileges(computePrivileges(other), computePrivileges(one))
        assert.is(holds, rights(one) === rights(other))
        seen[holds ? 'held' : 'refused']++
      }),
      { numRuns: 2000 },
    )
    assert.ok(seen.held > 0 && seen.refused > 0, JSON.stringify(seen))
  })

  test('consent :: a path without a field may point a mount elsewhere, and so may the fields that do', () => {
    const widening = (text: string) => describeSettings(parsed(text))[0]?.widens
    for (const text of ['state=/', 'state=./x', 'state=a/b', 'state.source=x', 'disk.path=x']) {
      assert.ok(widening(text), text)
    }
    for (const text of ['DEBUG', 'DEBUG=a.b', 'DEBUG.value=/x', 'state.destination=/x']) {
      assert.not(widening(text), text)
    }
  })

  test('consent :: a setting that points a mount or a device elsewhere has to have been shown', () => {
    const config = {
      ...sampleConfig(),
      Mounts: [{ Name: 'state', Description: '', Settable: ['source'], Source: null }].map(
        (mount) => ({ ...mount, Destination: '/s', Type: 'bind', Options: null }),
      ),
    }
    const unseen = (setting: string) =>
      unseenWidening(config, describeSettings(parsed(setting))).map(textOf)
    assert.equal(unseen('state=relative'), ['state=relative'])
    for (const setting of [
      'state=/',
      'state.source=x',
      'DEBUG=1',
      'unknown=1',
      'state.destination=x',
    ]) {
      assert.equal(unseen(setting), [], setting)
    }
  })
})

suite('withoutSettings', (test) => {
  test('the values of these settings are left out, and no others', () => {
    const Settings = { Args: ['-v'], Devices: [], Env: ['DEBUG=1', 'DEBUG2=1'], Mounts: [] }
    const without = (name: string) => withoutSettings(samplePlugin({ Settings }), [{ name }])
    assert.equal(without('args').Settings, { ...Settings, Args: null })
    assert.equal(without('DEBUG').Settings, { ...Settings, Env: ['DEBUG2=1'] })
    const bare = samplePlugin({ Settings: { ...Settings, Env: null } })
    assert.is(withoutSettings(bare, [{ name: 'DEBUG' }]).Settings.Env, null)
  })
})

suite('findHostPath', (test) => {
  test('a device that the config does not have :: no setting points it elsewhere', () => {
    const Devices = [{ Name: 'disk', Description: '', Settable: ['path'], Path: '/dev/sda' }]
    const plugin = samplePlugin({ Settings: { Args: [], Devices, Env: [], Mounts: [] } })
    assert.equal(findHostPath(plugin, '/dev/sda'), { setting: undefined })
    assert.is(findHostPath(plugin, '/dev/sdb'), undefined)
    const Linux = { AllowAllDevices: false, Capabilities: null, Devices }
    const declared = { ...plugin, Config: sampleConfig({ Linux }) }
    assert.equal(findHostPath(declared, '/dev/sda/'), { setting: 'disk.path' })
  })
})

/** An independent account of what a config may do, to compare with. */
function rights({ Network, IpcHost, PidHost, Mounts, Linux }: PluginConfig): string {
  const network = ['', 'bridge', 'null'].includes(Network.Type) ? 'own' : Network.Type
  const sources = (Mounts ?? []).map(({ Source }) => Source).filter((source) => source !== null)
  const paths = (Linux.Devices ?? []).map(({ Path }) => Path).filter((path) => path !== null)
  const capabilities = [...(Linux.Capabilities ?? [])].sort()
  const lists = [sources.sort(), paths.sort(), capabilities]
  return JSON.stringify([network, IpcHost, PidHost, Linux.AllowAllDevices, lists])
}

function mountOf(Source: fc.Arbitrary<string | null>) {
  return fc.record({
    Name: fc.constant('m'),
    Description: fc.constant(''),
    Settable: fc.constant(null),
    Source,
    Destination: fc.constant('/m'),
    Type: fc.constant('bind'),
    Options: fc.constant(null),
  })
}

function deviceOf(Path: fc.Arbitrary<string | null>) {
  return fc.record({
    Name: fc.constant('d'),
    Description: fc.constant(''),
    Settable: fc.constant(null),
    Path,
  })
}
