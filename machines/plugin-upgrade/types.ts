import type { ConsentRecord, ConsentRequest } from '../consent.ts'
import type { Failure } from '../errors.ts'
import type { Account, EngineVersion, PluginPrivilege } from '../plugin.ts'
import type { PluginNames } from '../reference.ts'
import type { Setting } from '../settings.ts'
import type { Observed } from './effect.ts'
import type { PlanEntry, UpgradePlan } from './planUpgrade.ts'

/** How long the flow may stay in a state, in milliseconds. */
export interface UpgradeTimeouts {
  /** Default 1 minute. */
  reading: number
  /** Default 2 minutes. */
  resolving: number
  /** Waiting for credentials. Default 15 minutes. */
  reauth: number
  /** Waiting for consent. Default 30 minutes. */
  awaitConsent: number
  /** The pull of the copy and its verification. Default 1 hour. */
  staging: number
  /** Default 3 minutes: an engine waits 12.6 s for a plugin's socket (recording `enable.slow-*`). */
  trying: number
  /** Default 1 minute. */
  disabling: number
  /** Default 1 hour: where the copy's layers are gone, the engine pulls them again. */
  upgrading: number
  /** Default 1 minute. */
  verifying: number
  /** Default 2 minutes. */
  configuring: number
  /** Default 3 minutes. */
  enabling: number
  /** Default 1 minute. */
  proving: number
  /** Default 1 minute. */
  cleaning: number
  /** All of the way back. Default 1 hour: the old version may have to be pulled. */
  rollingBack: number
}

export interface UpgradeInput {
  /** Of the plugin, as it was given: a name, an id, or the beginning of one. */
  name: string
  /** Of the new version. Default: the reference that the plugin came from. */
  reference?: string
  /** To be set with the upgrade, in this order. */
  settings: readonly Setting[]
  /** Content that the reference must name: `sha256:…`. */
  digest?: string
  /** Content of the old version, where the host has written it down: an engine does not tell it. */
  previousDigest?: string
  /** `auto` replaces where an upgrade in place gives less than a new install. */
  mode: 'inPlace' | 'replace' | 'auto'
  /** Enable the copy for a moment before the plugin is touched. */
  trial: boolean
  /** Disable a plugin that is in use. */
  force: boolean
  /** The fate of the new version when a step after the swap fails. */
  onFailure: 'goBack' | 'keep'
  /** The choice where the old version cannot be had again. `ask`: a person decides. */
  noWayBack: 'ask' | 'refuse' | 'accept'
  grantAllPermissions: boolean
  /** In whole seconds, handed to the engine; 0 leaves it to the engine. */
  enableTimeout: number
  credentialsAttempts: number
  /** Local name of the copy of the new version, which is this run's alone. */
  copyName: string
  timeouts: UpgradeTimeouts
  /** The knowledge of an earlier process of this run, when the run is resumed. */
  resumed?: UpgradeRun
}

/**
 * How far the engine has been asked to change something: `untouched`, nothing; `staging`, there may be a copy;
 * `disabling`, the plugin may be disabled; `swapping`, it may be the new version.
 */
export type Phase = 'untouched' | 'staging' | 'disabling' | 'swapping'

/** The progress of a run so far: enough to continue it, or to go back, in another process. */
export interface UpgradeRun {
  phase: Phase
  /** The plugin before anything was changed. */
  before?: Observed
  resolved?: Resolved
  consent?: UpgradeConsent
  /** The copy of the new version. */
  copy?: Observed
  plan?: UpgradePlan
  /** Why the run was going back; absent while it went forward. */
  failure?: Failure
}

/** How the old version can be had again. */
export type WayBack =
  | {
      /** As it is sent to the engine. */
      remote: string
      digest?: string
      /** The privileges that the old version asks for, before its settings. */
      privileges: PluginPrivilege[]
    }
  /** One clause that says why it cannot. */
  | { none: string }

/** The uses of the plugin, by names. A volume or a network that is listed need not be in use. */
export interface Uses {
  volumes: string[]
  networks: string[]
  containers: string[]
}

/** The results of the look-ups at the registries and the engine. */
export interface Resolved {
  engine: EngineVersion
  /** Absent where the engine did not tell. */
  uses?: Uses
  /** The privileges that the new version asks for. */
  privileges: PluginPrivilege[]
  /** Of the new version; absent where the engine could not tell. */
  digest?: string
  back: WayBack
}

/** A request for consent: to the whole, as for an install, and to the difference. */
export interface UpgradeConsentRequest extends ConsentRequest {
  /** The reference that the plugin came from. */
  from: string
  /** Privileges that the plugin does not have yet, one value each. */
  added: PluginPrivilege[]
  /** Privileges that it has and the new version does not ask for, one value each. */
  removed: PluginPrivilege[]
  wayBack: WayBack
  /** Absent where the engine did not tell. */
  uses?: Uses
  /** With the second question: how, and what is not as its owner or the new version wants it. */
  plan?: { mode: UpgradePlan['mode']; entries: PlanEntry[] }
}

export interface UpgradeConsent extends ConsentRecord {
  request: UpgradeConsentRequest
}

/** The plugin as an engine showed it when a run looked for it. */
export interface Reading {
  plugin: Observed
  /** Of a run that is taken up again, where it is still there. */
  copy?: Observed
}

/** The plugin on the engine at the end of a way back that ended early. */
export interface Found {
  /** Absent where it is gone. */
  plugin?: Observed
  hasCopy: boolean
}

/** The new version as a disabled copy. */
export interface Staged {
  copy: Observed
  /** The digest that the pull named. */
  digest?: string
}

/** Something of this run that is still on the engine. */
export interface Leftover {
  name: string
  /** Removes it. */
  command: string
}

export interface UpgradeContext {
  input: UpgradeInput
  phase: Phase
  /** The result of the newest enable: not asked, refused by the engine, or unknown. */
  enable: 'none' | 'refused' | 'unknown'
  /** The result of the swap: `refused`, the engine has changed nothing; `unknown` while it runs, and when it was cut. */
  swap: 'none' | 'refused' | 'unknown' | 'ended'
  /** Only a person can answer what the flow waits for. */
  asksPerson: boolean
  credentialsAttempt: number
  /** Of the new version; absent until the plugin was read. */
  names?: PluginNames
  account?: Account | undefined
  before?: Observed
  resolved?: Resolved
  consentRequest?: UpgradeConsentRequest
  consent?: UpgradeConsent
  copy?: Observed
  plan?: UpgradePlan
  /** The plugin as the engine showed it last; `gone`: it was not there. `unknown`: it was not to be seen. */
  now?: Observed | 'gone' | 'unknown'
  failure?: Failure
  /** Why the old version is not there as it was, as a clause. */
  stranded?: string
  leftover?: Leftover
}

/** The outcome of a finished upgrade. */
export interface UpgradedPlugin {
  /** Another one than before where the plugin was replaced. */
  id: string
  name: string
  /** The reference that it was pulled from before. */
  from: string
  reference: string
  digest?: string
  enabled: boolean
  /** `false`: it was of this content already, and nothing was changed. */
  changed: boolean
  mode: UpgradePlan['mode']
  entries: PlanEntry[]
  consent: UpgradeConsent
  /** A copy that could not be removed. */
  leftover?: Leftover
}

export type UpgradeOutput =
  | { state: 'done'; plugin: UpgradedPlugin }
  /** The old version is there, with what was in effect. */
  | {
      state: 'rolledBack'
      failure: Failure
      /** `false`: nothing of the plugin was changed. */
      changed: boolean
      /** Variables of the new version that stay in the settings of the old one, which does not read them. */
      remnants: string[]
      leftover?: Leftover
    }
  /** The way back failed, or was not to be taken. Nothing was deleted. */
  | {
      state: 'stranded'
      failure: Failure
      /** Why the way back ended. */
      reason: string
      name: string
      /** Which version the engine showed last. */
      version: 'old' | 'new' | 'other' | 'gone' | 'unknown'
      /** The commands that mend it, in this order. */
      commands: string[]
      leftover?: Leftover
    }
