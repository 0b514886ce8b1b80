import { EngineError } from '../errors.ts'
import type { Plugin, PluginConfig } from '../types.ts'
import type { RequestedSetting, SecretSetting, Setting } from './types.ts'

interface ParsedSetting {
  name: string
  field?: string
  value: string
}

/** Fields of a mount or a device: what they point at is a privilege (recording `set.mount-source`). */
const WIDENING_FIELDS = ['source', 'path']

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
 * Refuses what the engine would refuse, before anything is set: a set that fails halfway has applied
 * the settings before (recording `inspect.after-set-second-unknown`).
 */
export function checkSettings(config: PluginConfig, settings: readonly Setting[]): void {
  for (const given of settings) {
    const setting = parseSetting(given)
    const target = findTarget(config, setting.name)
    if (!target) {
      throw new EngineError(
        'unknown-setting',
        `the plugin has no setting "${setting.name}"; it has ${listSettable(config)}`,
      )
    }
    if (!isSettable(target, setting)) {
      throw new EngineError(
        'setting-not-settable',
        `the setting "${keyOf(given)}" cannot be changed; ${listSettable(config)} can`,
      )
    }
  }
}

/** Whether a setting has the wanted value already. One that the plugin does not have has not. */
export function isApplied({ Config, Settings }: Plugin, text: string): boolean {
  const { name, value } = parseSetting(text)
  if ((Config.Env ?? []).some(({ Name }) => Name === name)) {
    return (Settings.Env ?? []).includes(`${name}=${value}`)
  }
  const mount = (Settings.Mounts ?? []).find(({ Name }) => Name === name)
  if (mount) return mount.Source === value
  const device = (Settings.Devices ?? []).find(({ Name }) => Name === name)
  if (device) return device.Path === value
  return Config.Args.Name === name && (Settings.Args ?? []).join(' ') === value
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

/**
 * Refuses what is not written as a setting, and to keep secret what has to be shown to whoever
 * consents.
 */
export function checkWriting(settings: readonly Setting[]): void {
  for (const setting of settings) {
    const { field = '' } = parseSetting(setting)
    if (!isSecret(setting) || !WIDENING_FIELDS.includes(field)) continue
    throw new EngineError(
      'invalid-setting',
      `the setting "${setting.name}" cannot be secret: what a mount or a device is pointed at is part of what is consented to`,
    )
  }
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

interface Target {
  settable: string[]
  /** The one field of this kind that the engine can set. */
  field: string
  isHostPath: boolean
}

/** The engine looks among env, mounts, devices and args, in this order. */
function findTarget(config: PluginConfig, name: string): Target | undefined {
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

function isSettable(target: Target, { field }: ParsedSetting): boolean {
  const wanted = field ?? (target.settable.length === 1 ? target.settable[0] : undefined)
  return wanted === target.field && target.settable.includes(wanted)
}

function listSettable(config: PluginConfig): string {
  const named = [
    ...(config.Env ?? []).map((item) => ({ ...item, suffix: '' })),
    ...(config.Mounts ?? []).map((item) => ({ ...item, suffix: '.source' })),
    ...(config.Linux.Devices ?? []).map((item) => ({ ...item, suffix: '.path' })),
    { ...config.Args, suffix: '' },
  ]
  const names = named
    .filter(({ Name, Settable }) => Name !== '' && (Settable ?? []).length > 0)
    .map(({ Name, suffix }) => `${Name}${suffix}`)
  return names.length === 0 ? 'none' : names.join(', ')
}
