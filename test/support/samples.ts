import type { ConsentRecord } from '../../machines/consent.ts'
import type { Plugin, PluginConfig, PluginPrivilege } from '../../machines/plugin.ts'
import type { InstallInput } from '../../machines/plugin-install/types.ts'
import { parseSetting, type Setting } from '../../machines/settings.ts'

/** Settings as the machine has them. */
export function parsed(...texts: string[]): Setting[] {
  return texts.map(parseSetting)
}

export const digest = `sha256:${'a'.repeat(64)}`
export const otherDigest = `sha256:${'b'.repeat(64)}`
export const pluginId = '7'.repeat(64)

export function sampleInput(overrides: Partial<InstallInput> = {}): InstallInput {
  return {
    reference: 'acme/probe:1.0',
    settings: [],
    disabled: false,
    grantAllPermissions: false,
    ifPresent: 'fail',
    onFailure: 'remove',
    enableTimeout: 0,
    credentialsAttempts: 3,
    timeouts: {
      checkPrivileges: 1000,
      reauth: 1000,
      awaitConsent: 1000,
      pulling: 1000,
      configuring: 1000,
      enabling: 1000,
      rollingBack: 1000,
    },
    ...overrides,
  }
}

export const hostNetwork: PluginPrivilege = {
  Name: 'network',
  Description: 'permissions to access a network',
  Value: ['host'],
}

/** A person has agreed to the host's network. */
export const agreed: ConsentRecord = {
  by: 'person',
  at: '2026-01-02T03:04:05.678Z',
  request: {
    id: 1,
    reference: 'acme/probe:1.0',
    name: 'acme/probe:1.0',
    digest,
    privileges: [hostNetwork],
    settings: [],
  },
}

/** A plugin that asks for the host's network and has one of each kind of setting. */
export function sampleConfig(overrides: Partial<PluginConfig> = {}): PluginConfig {
  return {
    Description: 'probe',
    Args: { Name: 'args', Description: '', Settable: ['value'], Value: [] },
    Env: [
      { Name: 'DEBUG', Description: '', Settable: ['value'], Value: '0' },
      { Name: 'FIXED', Description: '', Settable: null, Value: 'yes' },
    ],
    Mounts: [],
    Linux: { AllowAllDevices: false, Capabilities: null, Devices: null },
    Network: { Type: 'host' },
    IpcHost: false,
    PidHost: false,
    Interface: { Socket: 'probe.sock', Types: ['docker.volumedriver/1.0'] },
    ...overrides,
  }
}

export function samplePlugin(overrides: Partial<Plugin> = {}): Plugin {
  return {
    Id: pluginId,
    Name: 'acme/probe:1.0',
    Enabled: false,
    PluginReference: 'acme/probe:1.0',
    Config: sampleConfig(),
    Settings: { Args: [], Devices: [], Env: [], Mounts: [] },
    ...overrides,
  }
}

/** A config with a mount whose source is not set: no privilege yet. */
export const withMount = sampleConfig({
  Mounts: [
    {
      Name: 'state',
      Description: '',
      Settable: ['source'],
      Source: null,
      Destination: '/state',
      Type: 'bind',
      Options: null,
    },
  ],
})
