import type { Difference } from './errors.ts'
import type { Plugin, PluginConfig, PluginDevice, PluginMount, PluginPrivilege } from './plugin.ts'

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
  const rest = new Map<string, number>()
  for (const privilege of eachValue(other)) {
    const key = fingerprint([privilege])
    rest.set(key, (rest.get(key) ?? 0) + 1)
  }
  return eachValue(one).filter((privilege) => {
    const key = fingerprint([privilege])
    const left = rest.get(key) ?? 0
    rest.set(key, left - 1)
    return left <= 0
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
 * True when the mounts and devices of `Settings` are those of `Config`. The process gets a mix of both: the
 * sources of `Config` and the devices of `Settings`; after an engine restart or an upgrade they can differ
 * (recordings `upgrade.inspect-set-device`, `upgrade.inspect-after-restart`). Several may share a name.
 */
export function settingsMatchConfig(plugin: Plugin): boolean {
  return privilegesOfSettings(plugin).length === 0
}

/** The mounts and devices of `Settings` that `Config` does not have, as privileges. */
export function privilegesOfSettings({ Config, Settings }: Plugin): PluginPrivilege[] {
  const sourceOf = ({ Source }: PluginMount) => Source ?? ''
  const pathOf = ({ Path }: PluginDevice) => Path ?? ''
  return [
    ...unlike(Settings.Mounts, Config.Mounts, sourceOf).map((source) => ({
      ...MOUNT,
      Value: [source],
    })),
    ...unlike(Settings.Devices, Config.Linux.Devices, pathOf).map((path) => ({
      ...DEVICE,
      Value: [path],
    })),
  ]
}

/** The values of `some` that differ in `all`, where the first of a name is compared with the first, and so on. */
function unlike<Item extends { Name: string }>(
  some: readonly Item[] | null,
  all: readonly Item[] | null,
  read: (item: Item) => string,
): string[] {
  const known = new Map(numbered(all))
  return numbered(some).flatMap(([key, item]) => {
    const other = known.get(key)
    return other && read(other) === read(item) ? [] : [read(item)]
  })
}

/** Items by their name and how many before them have it. */
function numbered<Item extends { Name: string }>(items: readonly Item[] | null): [string, Item][] {
  const counts = new Map<string, number>()
  return (items ?? []).map((item) => {
    const count = counts.get(item.Name) ?? 0
    counts.set(item.Name, count + 1)
    return [`${count} ${item.Name}`, item]
  })
}
