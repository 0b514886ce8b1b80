import type { Difference } from './errors.ts'
import type { Plugin, PluginConfig, PluginPrivilege } from './plugin.ts'

const MOUNT = { Name: 'mount', Description: 'host path to mount' }
const DEVICE = { Name: 'device', Description: 'host device to access' }

/**
 * The privileges that a plugin's config amounts to, in the engine's own words and order
 * (recordings `privileges.all`, `inspect.all`).
 */
export function computePrivileges(config: PluginConfig): PluginPrivilege[] {
  const privileges: PluginPrivilege[] = []
  const ask = (Name: string, Description: string, Value: string[]) =>
    privileges.push({ Name, Description, Value })
  if (!['', 'null', 'bridge'].includes(config.Network.Type)) {
    ask('network', 'permissions to access a network', [config.Network.Type])
  }
  if (config.IpcHost) ask('host ipc namespace', 'allow access to host ipc namespace', ['true'])
  if (config.PidHost) ask('host pid namespace', 'allow access to host pid namespace', ['true'])
  for (const { Source } of config.Mounts ?? []) {
    if (Source !== null) privileges.push({ ...MOUNT, Value: [Source] })
  }
  for (const { Path } of config.Linux.Devices ?? []) {
    if (Path !== null) privileges.push({ ...DEVICE, Value: [Path] })
  }
  if (config.Linux.AllowAllDevices) {
    ask('allow-all-devices', "allow 'rwm' access to all devices", ['true'])
  }
  const capabilities = config.Linux.Capabilities ?? []
  if (capabilities.length > 0) {
    ask('capabilities', 'list of additional capabilities required', capabilities)
  }
  return privileges
}

/** Whether two lists ask for the same: the order and the descriptions do not count, repetition does. */
export function samePrivileges(
  one: readonly PluginPrivilege[],
  other: readonly PluginPrivilege[],
): boolean {
  return fingerprint(one) === fingerprint(other)
}

/** How the privileges that were found differ from those that were granted; `undefined` where they do not. */
export function comparePrivileges(
  granted: readonly PluginPrivilege[],
  found: readonly PluginPrivilege[],
): Difference | undefined {
  const added = missingPrivileges(found, granted)
  const removed = missingPrivileges(granted, found)
  return added.length + removed.length > 0 ? { added, removed } : undefined
}

/** The privileges of `one` that `other` does not have, one value each. */
function missingPrivileges(
  one: readonly PluginPrivilege[],
  other: readonly PluginPrivilege[],
): PluginPrivilege[] {
  const rest = eachValue(other).map((privilege) => fingerprint([privilege]))
  return eachValue(one).filter((privilege) => {
    const index = rest.indexOf(fingerprint([privilege]))
    if (index !== -1) rest.splice(index, 1)
    return index === -1
  })
}

function eachValue(privileges: readonly PluginPrivilege[]): PluginPrivilege[] {
  return privileges.flatMap((privilege) =>
    privilege.Value.length < 2
      ? [privilege]
      : privilege.Value.map((value) => ({ ...privilege, Value: [value] })),
  )
}

function fingerprint(privileges: readonly PluginPrivilege[]): string {
  return JSON.stringify(
    privileges.map(({ Name, Value }) => JSON.stringify([Name, [...Value].sort()])).sort(),
  )
}

/**
 * True when the mounts and devices of `Settings` are those of `Config`. What runs is a mix of both: the
 * sources of `Config` and the devices of `Settings`; after an engine restart or an upgrade they can differ
 * (recordings `upgrade.inspect-set-device`, `upgrade.inspect-after-restart`).
 */
export function settingsMatchConfig(plugin: Plugin): boolean {
  return privilegesOfSettings(plugin).length === 0
}

/** The mounts and devices of `Settings` that `Config` does not have, as privileges. */
export function privilegesOfSettings({ Config, Settings }: Plugin): PluginPrivilege[] {
  const sources = new Map((Config.Mounts ?? []).map(({ Name, Source }) => [Name, Source ?? '']))
  const paths = new Map((Config.Linux.Devices ?? []).map(({ Name, Path }) => [Name, Path ?? '']))
  return [
    ...(Settings.Mounts ?? [])
      .filter(({ Name, Source }) => sources.get(Name) !== (Source ?? ''))
      .map(({ Source }) => ({ ...MOUNT, Value: [Source ?? ''] })),
    ...(Settings.Devices ?? [])
      .filter(({ Name, Path }) => paths.get(Name) !== (Path ?? ''))
      .map(({ Path }) => ({ ...DEVICE, Value: [Path ?? ''] })),
  ]
}
