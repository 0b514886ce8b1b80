import { EngineError } from './errors.ts'
import type { PluginConfig } from './plugin.ts'

/** `NAME[.FIELD][=VALUE]`, or of a secret one no more than its name. */
export type Setting = string | SecretSetting

/** Its value never enters the machine: whoever calls the engine puts it in. */
export interface SecretSetting {
  /** `NAME[.FIELD]` */
  name: string
  secret: true
}

/** A setting that goes with the install. */
export interface RequestedSetting {
  /** As given: `NAME[.FIELD][=VALUE]`. Of a secret one its name. */
  setting: string
  /** Its value is known to nobody but the engine. */
  secret?: true
  /**
   * It may point a mount or a device of the plugin at another place of the host. The engine never
   * checks that against the privileges granted, so it is part of what is consented to.
   */
  widens: boolean
}

export interface ParsedSetting {
  name: string
  field?: string
  value: string
}

/** Fields of a mount or a device: what they point at is a privilege (recording `set.mount-source`). */
export const WIDENING_FIELDS = ['source', 'path']

/** What can be told of the settings before the plugin's config is known. */
export function describeSettings(settings: readonly Setting[]): RequestedSetting[] {
  return settings.map((setting) => {
    if (isSecret(setting)) return { setting: setting.name, secret: true, widens: false }
    const { field, value } = parseSetting(setting)
    const widens = field === undefined ? /^\.|\//.test(value) : WIDENING_FIELDS.includes(field)
    return { setting, widens }
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
  return settings.filter(({ setting, widens }) => {
    const parsed = parseSetting(setting)
    const target = findTarget(config, parsed.name)
    return !widens && target?.isHostPath && isSettable(target, parsed)
  })
}

export function isSecret(setting: Setting): setting is SecretSetting {
  return typeof setting !== 'string'
}

/** `NAME[.FIELD]` */
export function keyOf(setting: Setting): string {
  return isSecret(setting) ? setting.name : setting.replace(/=.*$/s, '')
}

/** `NAME[.FIELD][=VALUE]`, taken apart as the engine does. A secret has no value here. */
export function parseSetting(setting: Setting): ParsedSetting {
  const text = isSecret(setting) ? setting.name : setting
  const equals = text.indexOf('=')
  const key = equals === -1 ? text : text.slice(0, equals)
  const value = equals === -1 ? '' : text.slice(equals + 1)
  if (key === '') {
    throw new EngineError(
      'invalid-setting',
      `the setting "${text}" has no name: write NAME[.FIELD][=VALUE]`,
    )
  }
  const dot = key.lastIndexOf('.')
  if (dot <= 0) return { name: key, value }
  return { name: key.slice(0, dot), field: key.slice(dot + 1), value }
}

/** What a setting sets. */
export interface Target {
  settable: string[]
  /** The one field of this kind that the engine can set. */
  field: string
  isHostPath: boolean
}

/** The engine looks among env, mounts, devices and args, in this order. */
export function findTarget(config: PluginConfig, name: string): Target | undefined {
  const kinds = [
    { items: config.Env ?? [], field: 'value', isHostPath: false },
    { items: config.Mounts ?? [], field: 'source', isHostPath: true },
    { items: config.Linux.Devices ?? [], field: 'path', isHostPath: true },
    { items: [config.Args], field: 'value', isHostPath: false },
  ]
  for (const { items, field, isHostPath } of kinds) {
    const item = items.find(({ Name }) => Name === name)
    if (item) return { settable: item.Settable ?? [], field, isHostPath }
  }
  return undefined
}

export function isSettable(target: Target, { field }: ParsedSetting): boolean {
  const wanted = field ?? (target.settable.length === 1 ? target.settable[0] : undefined)
  return wanted === target.field && target.settable.includes(wanted)
}
