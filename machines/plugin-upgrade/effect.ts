import type { Plugin, PluginConfig } from '../plugin.ts'
import type { SettingKind } from '../settings.ts'

/** One thing that the process of a plugin gets. */
export interface EffectItem {
  kind: SettingKind
  name: string
  /** Absent where it is neither a host path nor a default of the config: it may be a secret. */
  value?: string
  /** Equal for equal values. */
  mark: string
}

/** A plugin as an engine showed it, without the values that its owner gave to variables and arguments. */
export interface Observed {
  id: string
  name: string
  enabled: boolean
  /** Where it was pulled from; after an upgrade and a restart it can be the reference before (recording `upgrade.inspect-after-restart`). */
  reference: string
  config: PluginConfig
  effect: EffectItem[]
}

/**
 * The process gets the mounts of `Config` and the devices, variables and arguments of `Settings`, whatever else an
 * engine shows (recordings `upgrade.inspect-*`).
 */
export function observe(plugin: Plugin): Observed {
  const {
    Id: id,
    Name: name,
    Enabled: enabled,
    PluginReference: reference,
    Config,
    Settings,
  } = plugin
  const defaults = defaultsOf(Config)
  const given = [
    ...(Settings.Env ?? []).map((line): [SettingKind, string, string] => {
      const equals = line.indexOf('=')
      return equals === -1
        ? ['env', line, '']
        : ['env', line.slice(0, equals), line.slice(equals + 1)]
    }),
    ['args', Config.Args.Name, (Settings.Args ?? []).join(' ')] as const,
  ].map(([kind, itemName, value]) => {
    const mark = markOf(value)
    const isDefault = findItem(defaults, { kind, name: itemName })?.mark === mark
    return { kind, name: itemName, mark, ...(isDefault && { value }) }
  })
  const devices = (Settings.Devices ?? []).map(({ Name, Path }) => item('device', Name, Path ?? ''))
  const mounts = defaults.filter(({ kind }) => kind === 'mount')
  return { id, name, enabled, reference, config: Config, effect: [...mounts, ...devices, ...given] }
}

/** The values that a fresh install of a config has in effect. */
export function defaultsOf({ Mounts, Linux, Env, Args }: PluginConfig): EffectItem[] {
  return [
    ...(Mounts ?? []).map(({ Name, Source }) => item('mount', Name, Source ?? '')),
    ...(Linux.Devices ?? []).map(({ Name, Path }) => item('device', Name, Path ?? '')),
    ...(Env ?? []).flatMap(({ Name, Value }) => (Value === null ? [] : [item('env', Name, Value)])),
    item('args', Args.Name, (Args.Value ?? []).join(' ')),
  ]
}

export function item(kind: SettingKind, name: string, value: string): EffectItem {
  return { kind, name, value, mark: markOf(value) }
}

/** The item of the same kind and name; a plugin has one list of arguments, whatever it is called. */
export function findItem(
  effect: readonly EffectItem[],
  { kind, name }: Pick<EffectItem, 'kind' | 'name'>,
): EffectItem | undefined {
  return effect.find((one) => one.kind === kind && (kind === 'args' || one.name === name))
}

/** The values in effect in `found`, or missing in it, unlike in `wanted`. */
export function differences(
  wanted: readonly EffectItem[],
  found: readonly EffectItem[],
): Pick<EffectItem, 'kind' | 'name'>[] {
  const isUnlike = (other: readonly EffectItem[]) => (one: EffectItem) =>
    findItem(other, one)?.mark !== one.mark
  const missing = wanted.filter(isUnlike(found))
  const added = found.filter((one) => !findItem(wanted, one))
  return [...missing, ...added].map(({ kind, name }) => ({ kind, name }))
}

/**
 * A variable that the config of the version before does not have, so that this version does not read it: no engine takes
 * one out of the settings again, or sets it (recordings `upgrade.inspect-back-env`, `upgrade.set-env-gone`).
 */
export function isRemnant(
  { config }: Pick<Observed, 'config'>,
  { kind, name }: Pick<EffectItem, 'kind' | 'name'>,
): boolean {
  return kind === 'env' && !config.Env?.some(({ Name }) => Name === name)
}

/** Whether two configs are of one content: what a set can change in a config does not count. */
export function sameContent(one: PluginConfig, other: PluginConfig): boolean {
  return contentOf(one) === contentOf(other)
}

function contentOf(config: PluginConfig): string {
  const { Mounts, Linux } = config
  return JSON.stringify({
    ...config,
    Mounts: (Mounts ?? []).map((mount) =>
      mount.Settable?.includes('source') ? { ...mount, Source: null } : mount,
    ),
    Linux: {
      ...Linux,
      Devices: (Linux.Devices ?? []).map((device) =>
        device.Settable?.includes('path') ? { ...device, Path: null } : device,
      ),
    },
  })
}

/**
 * Tells values apart without holding them: 24 bits of FNV-1a, too few to find a value by, enough to see
 * that another one is in effect.
 */
function markOf(value: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < value.length; index++) {
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193)
  }
  return ((hash >>> 8) & 0xffffff).toString(16).padStart(6, '0')
}
