import { EngineError } from '../errors.ts'
import type { PluginConfig } from '../plugin.ts'
import { checkHostPath, findTarget, isSettable, keyOf, kindsOf, type Setting } from '../settings.ts'
import { oneLine } from '../text.ts'

/**
 * Refuses what the engine would refuse, before anything is set: a set that fails halfway has applied
 * the settings before (recording `inspect.after-set-second-unknown`).
 *
 * @throws EngineError `unknown-setting`, `setting-not-settable`, or `invalid-setting` for a path that is not absolute
 */
export function checkSettings(config: PluginConfig, settings: readonly Setting[]): void {
  for (const setting of settings) {
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
        `the setting "${keyOf(setting)}" cannot be changed; ${listSettable(config)} can`,
      )
    }
    if (target.isHostPath) checkHostPath(setting)
  }
}

function listSettable(config: PluginConfig): string {
  const names = kindsOf(config).flatMap(({ items, field }) =>
    items
      .filter(({ Name, Settable }) => Name !== '' && (Settable ?? []).length > 0)
      .map(({ Name }) => (field === 'value' ? Name : `${Name}.${field}`)),
  )
  return names.length === 0 ? 'none' : oneLine(names.join(', '))
}
