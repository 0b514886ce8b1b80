import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { Plugin, PluginConfig } from '../../../../machines/plugin.ts'
import { computePrivileges } from '../../../../machines/privileges.ts'
import { isInstallError } from '../../../../src/flow/errors.ts'
import { installPlugin } from '../../../../src/flow/install.ts'
import { fakeEngine } from '../../../support/fakePorts.ts'
import { digest, sampleConfig, samplePlugin } from '../../../support/samples.ts'
import { suite } from '../../../support/suite.ts'

/** Whatever of a config makes a privilege. */
interface Wants {
  network: string
  ipc: boolean
  pid: boolean
  mounts: (string | null)[]
  devices: (string | null)[]
  allDevices: boolean
  capabilities: string[]
}

const path = fc.constantFrom('/', '/etc', '/dev/fuse', '/var/lib/docker/plugins/', '')
const paths = fc.array(fc.option(path), { maxLength: 3 })
const wants: fc.Arbitrary<Wants> = fc.record({
  network: fc.constantFrom('', 'null', 'bridge', 'host', 'none'),
  ipc: fc.boolean(),
  pid: fc.boolean(),
  mounts: paths,
  devices: paths,
  allDevices: fc.boolean(),
  capabilities: fc.array(fc.constantFrom('CAP_SYS_ADMIN', 'CAP_NET_ADMIN', 'ALL'), {
    maxLength: 3,
  }),
})

/** The same in another order, the same with one field of another, or something else altogether. */
const pair: fc.Arbitrary<[granted: Wants, installed: Wants]> = fc
  .record({
    granted: wants,
    other: wants,
    how: fc.constantFrom('same', 'reversed', 'field', 'other'),
    field: fc.constantFrom<keyof Wants>(
      'network',
      'ipc',
      'pid',
      'mounts',
      'devices',
      'allDevices',
      'capabilities',
    ),
  })
  .map(({ granted, other, how, field }) => {
    const changed: Record<typeof how, Wants> = {
      same: granted,
      reversed: {
        ...granted,
        mounts: granted.mounts.toReversed(),
        devices: granted.devices.toReversed(),
        capabilities: granted.capabilities.toReversed(),
      },
      field: { ...granted, [field]: other[field] },
      other,
    }
    return [granted, changed[how]]
  })

function configOf({ network, ipc, pid, ...wanted }: Wants): PluginConfig {
  const { Mounts, Linux, ...config } = sampleConfig()
  const mount = { Name: 'm', Description: '', Settable: null, Destination: '/d', Type: 'bind' }
  return {
    ...config,
    Network: { Type: network },
    IpcHost: ipc,
    PidHost: pid,
    Mounts: wanted.mounts.map((Source) => ({ ...mount, Options: [], Source })),
    Linux: {
      ...Linux,
      AllowAllDevices: wanted.allDevices,
      Capabilities: wanted.capabilities,
      Devices: wanted.devices.map((Path) => ({
        Name: 'd',
        Description: '',
        Settable: null,
        Path,
      })),
    },
  }
}

/** The privileges that a person has to see, computed once more and in another way than in the code. */
function seen({ network, mounts, devices, capabilities, ...others }: Wants): string {
  const list = (texts: (string | null)[]) => texts.filter((text) => text !== null).sort()
  const isOwn = ['', 'null', 'bridge'].includes(network)
  return JSON.stringify({
    network: isOwn ? '' : network,
    mounts: list(mounts),
    devices: list(devices),
    capabilities: list(capabilities),
    ...others,
  })
}

/** A whole flow on an engine that says one thing before consent, and has installed another. */
async function install(granted: Wants, installed: Wants) {
  const reference = 'acme/probe:1.0'
  const PluginReference = `docker.io/${reference}`
  const plugin: Plugin = samplePlugin({ PluginReference, Config: configOf(installed) })
  let isThere = false
  let isEnabled = false
  const port = fakeEngine({
    getPluginPrivileges: async () => ({
      privileges: computePrivileges(configOf(granted)),
      hidden: false,
    }),
    pluginPull: async () => {
      isThere = true
      return { digest }
    },
    pluginInspect: async () => (isThere ? { ...plugin, Enabled: isEnabled } : undefined),
    pluginEnable: async () => {
      isEnabled = true
    },
    pluginDelete: async () => {
      isThere = false
      isEnabled = false
    },
  })
  const flow = installPlugin(port, { reference, consent: () => true })
  const code = await flow.result.then(
    () => 'done',
    (error: unknown) => (isInstallError(error) ? error.code : String(error)),
  )
  return {
    code,
    isThere,
    isEnabled,
    wasEnabled: port.calls.some((call) => call.startsWith('pluginEnable')),
  }
}

suite('a plugin is enabled if, and only if, it asks for what was granted', (test) => {
  test('whole flows, for any pair of what was granted and what was installed', async () => {
    const counted = { same: 0, other: 0 }
    await fc.assert(
      fc.asyncProperty(pair, async ([granted, installed]) => {
        const isSame = seen(granted) === seen(installed)
        counted[isSame ? 'same' : 'other']++
        const end = await install(granted, installed)
        assert.equal(
          end,
          isSame
            ? { code: 'done', isThere: true, isEnabled: true, wasEnabled: true }
            : {
                code: 'privileges-not-enforced',
                isThere: false,
                isEnabled: false,
                wasEnabled: false,
              },
        )
      }),
      { numRuns: 600 },
    )
    console.log(`${counted.same} pairs that are the same, ${counted.other} that are not`)
    assert.ok(counted.same > 100 && counted.other > 100)
  })
})
