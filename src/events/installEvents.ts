import type { ConsentRequest } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import type { Failure } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallOutput, RollbackReport } from '../../machines/plugin-install/types.ts'
import { keyOf, textOf } from '../../machines/settings.ts'

/** The request for consent of an install. */
export interface ShownConsentRequest {
  /** Rises with each request of one flow. */
  id: number
  reference: string
  name: string
  digest?: string
  privileges: readonly PluginPrivilege[]
  settings: readonly ShownSetting[]
}

export interface ShownSetting {
  /** Whole where it widens what the plugin may do, else its name. */
  setting: string
  widens: boolean
}

/** How an install ended. */
export type ShownOutcome =
  | { state: 'done'; plugin: ShownPlugin }
  | { state: 'rolledBack'; failure: Failure; rollback: RollbackReport }

export interface ShownPlugin {
  id: string
  name: string
  reference: string
  digest?: string
  enabled: boolean
  /** `false`: it was there already, as asked for. */
  changed: boolean
  /** The person or the policy that agreed to its privileges. */
  consentBy: string
  /** The names of the settings that were applied. */
  settings: readonly string[]
}

export interface InstallEvents {
  request: ShownConsentRequest
  outcome: ShownOutcome
}

export const showInstall = {
  start({ input: { reference, alias } }: InstallSnapshot) {
    return { reference, ...defined({ alias }) }
  },
  request(request: ConsentRequest): ShownConsentRequest {
    return { ...request, settings: showSettings(request) }
  },
  outcome(outcome: InstallOutput): ShownOutcome {
    if (outcome.state === 'rolledBack') return outcome
    const { privileges: _, consent, settings, ...plugin } = outcome.plugin
    return {
      state: 'done',
      plugin: { ...plugin, consentBy: consent.by, settings: settings.map(keyOf) },
    }
  },
}

/** The value of a setting may be a password. */
export function showSettings({ settings }: ConsentRequest): ShownSetting[] {
  return settings.map((setting) => ({
    setting: setting.widens ? textOf(setting) : keyOf(setting),
    widens: setting.widens,
  }))
}
