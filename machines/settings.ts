import { EngineError } from './errors.ts'
import type { Plugin, PluginConfig } from './plugin.ts'

/** A setting of a plugin, parsed once where a host hands it in. */
export interface Setting {
  name: string
  /** Part of a mount, a device or a variable: `source`, `path`, `value`. */
  field?: string
  /** Absent when none was given, and of a secret: its value never enters the machine. */
  value?: string
  secret?: true
}

/** A setting as a part of what is consented to. */
export interface RequestedSetting extends Setting {
  /**
   * It may point a mount or a device of the plugin at another place of the host. The engine never
   * checks that against the privileges granted, so it is part of what is consented to.
   */
  widens: boolean
}

/** Fields of a mount or a device: what they point at is a privilege (recording `set.mount-source`). */
const WIDENING_FIELDS = ['source', 'path']

/**
 * Parses `NAME[.FIELD][=VALUE]` as the engine does.
 *
 * @throws EngineError `invalid-setting` without a name
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=')
  const key = equals === -1 ? text : text.slice(0, equals)
  if (key === '') {
    throw new EngineError(
      'invalid-setting',
      `the setting "${text}" has no name: write NAME[.FIELD][=VALUE]`,
    )
  }
  const value = equals === -1 ? {} : { value: text.slice(equals + 1) }
  const dot = key.lastIndexOf('.')
  if (dot <= 0) return { name: key, ...value }
  return { name: key.slice(0, dot), field: key.slice(dot + 1), ...value }
}

/** `NAME[.FIELD]` */
export function keyOf({ name, field }: Setting): string {
  return field === undefined ? name : `${name}.${field}`
}

/** `NAME[.FIELD][=VALUE]`, as the engine takes it; of a secret only its key. */
export function textOf(setting: Setting): string {
  return setting.value === undefined ? keyOf(setting) : `${keyOf(setting)}=${setting.value}`
}

/** True of a setting that names what a mount or a device is pointed at. */
export function namesHostPath({ field }: Setting): boolean {
  return field !== undefined && WIDENING_FIELDS.includes(field)
}

/**
 * Checks the path that a mount or a device is pointed at. The engine takes any text, and fails only when it starts the
 * plugin; a shell leaves `~` alone behind an equals sign.
 *
 * @throws EngineError `invalid-setting` for a path that is not absolute; an empty one is allowed
 */
export function checkHostPath(setting: Setting): void {
  const { value = '' } = setting
  if (value === '' || value.startsWith('/')) return
  const why = value.startsWith('~') ? ': neither the shell nor the engine expands ~ here' : ''
  throw new EngineError(
    'invalid-setting',
    `the setting "${keyOf(setting)}" needs an absolute path, and not "${value}"${why}`,
  )
}

/** Judges the settings before the plugin's config is known. */
export function describeSettings(settings: readonly Setting[]): RequestedSetting[] {
  return settings.map((setting) => {
    const { field, value = '' } = setting
    const mayWiden = field === undefined && /^\.|\//.test(value)
    return { ...setting, widens: mayWiden || namesHostPath(setting) }
  })
}

/**
 * The settings that would point a mount or a device elsewhere and were not shown as such before the
 * plugin was known: `state=tmp` for a mount `state`.
 */
export function unseenWidening(
  config: PluginConfig,
  settings: readonly RequestedSetting[],
): RequestedSetting[] {
  return settings.filter((setting) => {
    const target = findTarget(config, setting.name)
    return !setting.widens && target?.isHostPath && isSettable(target, setting)
  })
}

/**
 * The mount or the device of a plugin that is pointed at a host path, or at nothing, and the key of the setting that can point it
 * elsewhere. `undefined`: the plugin has no such path.
 */
export function findHostPath(
  { Config, Settings }: Plugin,
  path: string,
): { setting: string | undefined } | undefined {
  const plain = (text: string) => text.replace(/(.)\/+$/, '$1')
  const isThere = (each: string | null) => plain(each ?? '') === plain(path)
  const mount = Config.Mounts?.find(({ Source }) => isThere(Source))
  const device = Settings.Devices?.find(({ Path }) => isThere(Path))
  const name = mount?.Name ?? device?.Name
  if (name === undefined) return undefined
  const target = findTarget(Config, name)
  const setting = { name, field: mount ? 'source' : 'path' }
  return { setting: target && isSettable(target, setting) ? keyOf(setting) : undefined }
}

/** Where a setting takes effect. */
export type SettingKind = 'env' | 'mount' | 'device' | 'args'

interface Target {
  kind: SettingKind
  settable: string[]
  /** The one field of this kind that the engine can set. */
  field: string
  isHostPath: boolean
  items: readonly { Name: string; Settable: string[] | null }[]
}

/** The kinds of settings, in the order in which the engine searches them. */
export function kindsOf({ Env, Mounts, Linux, Args }: PluginConfig): Omit<Target, 'settable'>[] {
  return [
    { kind: 'env', items: Env ?? [], field: 'value', isHostPath: false },
    { kind: 'mount', items: Mounts ?? [], field: 'source', isHostPath: true },
    { kind: 'device', items: Linux.Devices ?? [], field: 'path', isHostPath: true },
    { kind: 'args', items: [Args], field: 'value', isHostPath: false },
  ]
}

export function findTarget(config: PluginConfig, name: string): Target | undefined {
  for (const kind of kindsOf(config)) {
    const item = kind.items.find(({ Name }) => Name === name)
    if (item) return { ...kind, settable: item.Settable ?? [] }
  }
  return undefined
}

export function isSettable(target: Target, { field }: Setting): boolean {
  const wanted = field ?? (target.settable.length === 1 ? target.settable[0] : undefined)
  return wanted === target.field && target.settable.includes(wanted)
}

/** A plugin without the values that these settings give it, each to the first of its name. */
export function withoutSettings(plugin: Plugin, settings: readonly Setting[]): Plugin {
  const { Config, Settings } = structuredClone(plugin)
  for (const { name } of settings) {
    const target = findTarget(Config, name)
    for (const mount of firstNamed(name, Config.Mounts, Settings.Mounts)) {
      if (target?.field === 'source') mount.Source = null
    }
    for (const device of firstNamed(name, Config.Linux.Devices, Settings.Devices)) {
      if (target?.field === 'path') device.Path = null
    }
    if (target?.field !== 'value') continue
    Settings.Env = Settings.Env?.filter((line) => !line.startsWith(`${name}=`)) ?? null
    if (Config.Args.Name === name) Settings.Args = null
  }
  return { ...plugin, Config, Settings }
}

function firstNamed<Item extends { Name: string }>(
  name: string,
  ...lists: readonly (readonly Item[] | null)[]
): Item[] {
  return lists.flatMap((list) => list?.find(({ Name }) => Name === name) ?? [])
}
