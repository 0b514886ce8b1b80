import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { PluginConfig } from '../../machines/plugin.ts'
import { computePrivileges, samePrivileges } from '../../machines/privileges.ts'
import type { Setting } from '../../machines/settings.ts'
import { describeSettings, keyOf, parseSetting, unseenWidening } from '../../machines/settings.ts'
import { sampleConfig, withMount } from '../support/samples.ts'
import { suite } from '../support/suite.ts'

const secret = (name: string): Setting => ({ name, secret: true })

suite('settings', (test) => {
  test('secret :: known by its name', () => {
    assert.equal(describeSettings([secret('DEBUG')]), [
      { setting: 'DEBUG', secret: true, widens: false },
    ])
    assert.equal(parseSetting(secret('a.value')), { name: 'a', field: 'value', value: '' })
    assert.equal([keyOf(secret('DEBUG')), keyOf('A.b=c=d'), keyOf('E')], ['DEBUG', 'A.b', 'E'])
  })

  test('secret :: one that turns out to point a mount elsewhere was not shown', () => {
    const shown = describeSettings([{ name: 'state', secret: true }])
    assert.equal(unseenWidening(withMount, shown), shown)
  })

  test('parse :: NAME[.FIELD][=VALUE]', () => {
    assert.equal(parseSetting('DEBUG'), { name: 'DEBUG', value: '' })
    assert.equal(parseSetting('DEBUG=a=b c'), { name: 'DEBUG', value: 'a=b c' })
    assert.equal(parseSetting('a.b.source=/x'), { name: 'a.b', field: 'source', value: '/x' })
    assert.equal(parseSetting('.x=1'), { name: '.x', value: '1' })
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

  test('consent :: a setting that points a mount or a device elsewhere has to have been shown', () => {
    const config = {
      ...sampleConfig(),
      Mounts: [{ Name: 'state', Description: '', Settable: ['source'], Source: null }].map(
        (mount) => ({ ...mount, Destination: '/s', Type: 'bind', Options: null }),
      ),
    }
    const unseen = (setting: string) =>
      unseenWidening(config, describeSettings([setting])).map((each) => each.setting)
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
