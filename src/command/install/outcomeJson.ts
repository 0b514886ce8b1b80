import type { ConsentRequest } from '../../../machines/consent.ts'
import type { InstalledPlugin, InstallOutput } from '../../../machines/plugin-install/types.ts'
import { keyOf, textOf } from '../../../machines/settings.ts'
import type { EngineSelection } from '../options/engine.ts'
import { onEngine } from './outcome.ts'

/** The end of an install for programs. */
export function outcomeJson(outcome: InstallOutput, engine: EngineSelection) {
  if (outcome.state === 'done') return { ...outcome, plugin: withoutPluginValues(outcome.plugin) }
  const { rollback } = outcome
  if (!('command' in rollback)) return outcome
  return { ...outcome, rollback: { ...rollback, command: onEngine(rollback.command, engine) } }
}

function withoutPluginValues(plugin: InstalledPlugin) {
  const request = withoutValues(plugin.consent.request)
  return {
    ...plugin,
    settings: request.settings.map(({ setting }) => setting),
    consent: { ...plugin.consent, request },
  }
}

/** Removes the values of settings, where plugins take their secrets, except for those that need consent. */
export function withoutValues(request: ConsentRequest) {
  const settings = request.settings.map((setting) => ({
    setting: setting.widens ? textOf(setting) : keyOf(setting),
    ...(setting.secret && { secret: setting.secret }),
    widens: setting.widens,
  }))
  return { ...request, settings }
}
