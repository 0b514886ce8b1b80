import { defined } from '../../machines/defined.ts'
import type { Failure } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import type { PlanEntry } from '../../machines/plugin-upgrade/planUpgrade.ts'
import type { UpgradeSnapshot } from '../../machines/plugin-upgrade/snapshot.ts'
import type {
  Leftover,
  UpgradeConsentRequest,
  UpgradeOutput,
  Uses,
} from '../../machines/plugin-upgrade/types.ts'
import { familiar } from '../../machines/reference.ts'
import { type ShownConsentRequest, showSettings } from './installEvents.ts'

type Mode = 'inPlace' | 'replace'

/** The requests for consent of an upgrade: first the privileges, and then what it does not carry over. */
export interface ShownUpgradeRequest extends ShownConsentRequest {
  /** The reference that the plugin came from. */
  from: string
  /** Privileges that the plugin does not have yet. */
  added: readonly PluginPrivilege[]
  /** Privileges that the new version does not ask for any more. */
  removed: readonly PluginPrivilege[]
  wayBack: ShownWayBack
  /** The users of the plugin; absent where the engine did not report them. */
  uses?: Uses
  /** With the second question: what becomes of everything that is in effect. */
  plan?: { mode: Mode; entries: PlanEntry[] }
}

/** Where the old version can be had again, or why it cannot. */
export interface ShownWayBack {
  remote?: string
  none?: string
}

/** How an upgrade ended. */
export type ShownUpgradeOutcome =
  | { state: 'done'; plugin: ShownUpgrade }
  | {
      state: 'rolledBack'
      failure: Failure
      /** `false`: nothing of the plugin was changed. */
      changed: boolean
      /** Variables of the new version that stay in the settings of the old one. */
      remnants: readonly string[]
      leftover?: Leftover
    }
  | {
      state: 'stranded'
      failure: Failure
      /** Why the way back ended. */
      reason: string
      name: string
      version: Version
      /** The commands that mend it, in this order. */
      commands: readonly string[]
      leftover?: Leftover
    }

type Version = Extract<UpgradeOutput, { state: 'stranded' }>['version']

export interface ShownUpgrade {
  id: string
  name: string
  from: string
  reference: string
  digest?: string
  enabled: boolean
  /** `false`: it was of this content already. */
  changed: boolean
  mode: Mode
  /** The fate of everything that was in effect. */
  entries: readonly PlanEntry[]
  consentBy: string
  leftover?: Leftover
}

export interface UpgradeEvents {
  request: ShownUpgradeRequest
  outcome: ShownUpgradeOutcome
}

export const showUpgrade = {
  start({ input: { name, reference } }: UpgradeSnapshot) {
    return reference === undefined ? { reference: name } : { reference, alias: name }
  },
  request(request: UpgradeConsentRequest, { run }: UpgradeSnapshot): ShownUpgradeRequest {
    const { from, wayBack, plan, ...rest } = request
    return {
      ...rest,
      from: familiar(from),
      removed: noLongerAsked(request),
      settings: showSettings(request),
      wayBack: 'none' in wayBack ? wayBack : { remote: familiar(wayBack.remote) },
      ...(plan && {
        plan: { mode: plan.mode, entries: (run.plan ?? plan).entries.map(withoutValue) },
      }),
    }
  },
  outcome(outcome: UpgradeOutput): ShownUpgradeOutcome {
    if (outcome.state !== 'done') return outcome
    const { consent, from, entries, ...plugin } = outcome.plugin
    return {
      state: 'done',
      plugin: {
        ...plugin,
        from: familiar(from),
        consentBy: consent.by,
        entries: entries.map(withoutValue),
      },
    }
  },
}

/** Privileges that the new version no longer asks for; what a mount or a device is pointed at stays where that is set again. */
export function noLongerAsked({
  removed,
  settings,
}: Pick<UpgradeConsentRequest, 'removed' | 'settings'>): PluginPrivilege[] {
  return removed.filter(
    ({ Value: [place] }) => !settings.some(({ widens, value }) => widens && value === place),
  )
}

/** A value that was given with the upgrade to a variable or an argument may be a secret. */
export function withoutValue({ to, ...entry }: PlanEntry): PlanEntry {
  const isGiven = entry.fate === 'asked' && (entry.kind === 'env' || entry.kind === 'args')
  return isGiven ? entry : { ...entry, ...defined({ to }) }
}
