import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Plugin, PluginPrivilege } from '../../machines/plugin.ts'
import {
  comparePrivileges,
  computePrivileges,
  samePrivileges,
  settingsMatchConfig,
} from '../../machines/privileges.ts'
import { readRecording, recordedBody } from '../support/recordingServer.ts'
import { hostNetwork, sampleConfig, samplePlugin } from '../support/samples.ts'
import { suite } from '../support/suite.ts'

const privileges = fc.array(
  fc.record({
    Name: fc.constantFrom('network', 'mount', 'device', 'capabilities'),
    Description: fc.string(),
    Value: fc.array(fc.constantFrom('host', '/tmp', '/', 'CAP_SYS_ADMIN', ''), { maxLength: 3 }),
  }),
  { maxLength: 5 },
)

suite('privileges', (test) => {
  test('the privileges of a config are those that the engine computes of it', () => {
    for (const name of ['all', 'probe', 'plain']) {
      const asked = (recordedJson(`privileges.${name}`) ?? []) as PluginPrivilege[]
      const installed = recordedJson(`inspect.${name === 'probe' ? 'name' : name}`) as Plugin
      const computed = computePrivileges(installed.Config)
      assert.ok(samePrivileges(computed, asked), name)
      const words = ({ Name, Description }: PluginPrivilege) => `${Name}: ${Description}`
      assert.equal(computed.map(words), asked.map(words), 'in the same words and order')
    }
  })

  test('bridge, null and no network are no privilege', () => {
    for (const Type of ['', 'null', 'bridge']) {
      assert.equal(computePrivileges(sampleConfig({ Network: { Type } })), [])
    }
  })

  test('lists that are not there ask for nothing', () => {
    const config = sampleConfig({ Network: { Type: '' }, Mounts: null })
    assert.equal(computePrivileges(config), [])
  })

  test('a mount or a device without a source asks for nothing yet', () => {
    const nameless = { Name: 'x', Description: '', Settable: ['source'] }
    const config = sampleConfig({
      Network: { Type: '' },
      Mounts: [{ ...nameless, Source: null, Destination: '/x', Type: 'bind', Options: null }],
      Linux: { AllowAllDevices: false, Capabilities: [], Devices: [{ ...nameless, Path: null }] },
    })
    assert.equal(computePrivileges(config), [])
  })

  test('same :: order, order of values and descriptions do not count', async () => {
    await fc.assert(
      fc.property(privileges, (list) => {
        const other = [...list]
          .reverse()
          .map(({ Name, Value }) => ({ Name, Value: [...Value].reverse(), Description: '-' }))
        assert.ok(samePrivileges(list, other))
      }),
    )
  })

  test('same :: another name, another value, one more or one less is not the same', async () => {
    await fc.assert(
      fc.property(privileges, (list) => {
        assert.not(samePrivileges(list, [...list, hostNetwork]))
        const [first, ...rest] = list
        if (!first) return
        assert.not(samePrivileges(list, rest))
        assert.not(samePrivileges(list, [{ ...first, Name: `${first.Name}x` }, ...rest]))
        assert.not(samePrivileges(list, [{ ...first, Value: [...first.Value, 'x'] }, ...rest]))
      }),
    )
  })
})

suite('comparePrivileges', (test) => {
  const of = (Name: string, ...Value: string[]) => ({ Name, Description: '', Value })
  const [one, other] = [of('mount', '/a'), of('mount', '/b')]

  for (const [what, granted, found, difference] of [
    ['the same, in another order', [one, other], [other, one], undefined],
    ['one twice in both', [one, one], [one, one], undefined],
    ['one more of the same', [one], [one, one], { added: [one], removed: [] }],
    ['one less of the same', [one, one, one], [one], { added: [], removed: [one, one] }],
    ['another', [one], [other], { added: [other], removed: [one] }],
    [
      'values of one list',
      [of('capabilities', 'A', 'B')],
      [of('capabilities', 'B', 'C', 'D')],
      {
        added: [of('capabilities', 'C'), of('capabilities', 'D')],
        removed: [of('capabilities', 'A')],
      },
    ],
  ] as const) {
    test(`${what} :: ${JSON.stringify(difference)}`, () => {
      assert.equal(comparePrivileges(granted, found), difference)
    })
  }
})

function recordedJson(scenario: string): unknown {
  return JSON.parse(recordedBody(readRecording(scenario)).toString())
}

suite('settingsMatchConfig', (test) => {
  const mount = {
    Name: 'state',
    Description: '',
    Settable: null,
    Destination: '/s',
    Type: 'bind',
    Options: null,
  }
  const plugin = (config: string | null, settings: string | null) =>
    samplePlugin({
      Config: sampleConfig({ Mounts: [{ ...mount, Source: config }] }),
      Settings: { Args: [], Env: [], Devices: [], Mounts: [{ ...mount, Source: settings }] },
    })

  test('the same source, or none in both', () => {
    assert.ok(settingsMatchConfig(plugin('/a', '/a')))
    assert.ok(settingsMatchConfig(plugin(null, '')))
  })

  test('lists and values that are not there, and devices', () => {
    const device = { Name: 'null', Description: '', Settable: null }
    const withDevice = (config: string | null, settings: string | null) =>
      samplePlugin({
        Config: sampleConfig({
          Mounts: null,
          Linux: {
            AllowAllDevices: false,
            Capabilities: null,
            Devices: [{ ...device, Path: config }],
          },
        }),
        Settings: { Args: null, Env: null, Mounts: null, Devices: [{ ...device, Path: settings }] },
      })
    assert.ok(settingsMatchConfig(withDevice(null, null)))
    assert.ok(settingsMatchConfig(withDevice('/dev/null', '/dev/null')))
    assert.not.ok(settingsMatchConfig(withDevice('/dev/null', '/dev/kmsg')))
    const empty = { Args: null, Env: null, Mounts: null, Devices: null }
    assert.ok(settingsMatchConfig(samplePlugin({ Settings: empty })))
    const bare = sampleConfig({ Mounts: null })
    assert.not.ok(
      settingsMatchConfig(
        samplePlugin({ Config: bare, Settings: { ...empty, Devices: [{ ...device, Path: '/' }] } }),
      ),
    )
  })

  test('another source, and one in the settings alone, differ', () => {
    assert.not.ok(settingsMatchConfig(plugin('/a', '/')))
    assert.not.ok(settingsMatchConfig(plugin(null, '/')))
  })

  test('of several with one name, each counts', () => {
    const twice = (config: string[], settings: string[]) => {
      const of = (sources: string[]) => sources.map((Source) => ({ ...mount, Source }))
      return samplePlugin({
        Config: sampleConfig({ Mounts: of(config) }),
        Settings: { Args: [], Env: [], Devices: [], Mounts: of(settings) },
      })
    }
    assert.ok(settingsMatchConfig(twice(['/a', '/b'], ['/a', '/b'])))
    assert.not.ok(settingsMatchConfig(twice(['/a', '/b'], ['/', '/b'])))
    assert.not.ok(settingsMatchConfig(twice(['/', '/b'], ['/b', '/b'])))
    assert.not.ok(settingsMatchConfig(twice(['/', '/b'], ['/b'])))
    assert.not.ok(settingsMatchConfig(twice(['/', '/a', '/b'], ['/', '/b', '/b'])))
  })

  test('every recorded plugin agrees with itself', () => {
    for (const name of ['all', 'name', 'plain']) {
      assert.ok(settingsMatchConfig(recordedJson(`inspect.${name}`) as Plugin), name)
    }
  })
})
