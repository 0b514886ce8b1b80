import { EngineError } from './errors.ts'
import type { PluginConfig } from './plugin.ts'
import type { Setting } from './settings.ts'
import {
  findTarget,
  isSecret,
  isSettable,
  keyOf,
  parseSetting,
  WIDENING_FIELDS,
} from './settings.ts'

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
