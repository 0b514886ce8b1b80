import type { ConsentRecord, ConsentRequest } from '../consent.ts'
import type { Failure } from '../errors.ts'
import type { Account, EngineVersion, Plugin, PluginPrivilege } from '../plugin.ts'
import type { PluginNames } from '../reference.ts'
import type { Setting } from '../settings.ts'

/** How long the flow may stay in a state, in milliseconds. */
export interface Timeouts {
  /** The look-ups before anybody is asked. Default 2 minutes. */
  checkPrivileges: number
  /** Waiting for credentials. Default 15 minutes. */
  reauth: number
  /** Waiting for consent. Default 30 minutes. */
  awaitConsent: number
  /** The whole pull and its verification. Default 1 hour. */
  pulling: number
  /** Default 1 minute. */
  configuring: number
  /** Default 3 minutes: an engine waits 12.6 s for a plugin's socket (recording `enable.slow-*`). */
  enabling: number
  /** Taking back, with all its attempts. Default 1 minute. */
  rollingBack: number
}

export interface InstallInput {
  reference: string
  alias?: string
  /** In the order in which they are set. */
  settings: readonly Setting[]
  /** Install, and leave it disabled. */
  disabled: boolean
  /** Grant whatever is asked without asking anybody. */
  grantAllPermissions: boolean
  /**
   * The meaning of a plugin of this name that is there already: `fail`; `keep` it where it is the one
   * asked for, with these settings; `finish` what an earlier run left disabled.
   */
  ifPresent: 'fail' | 'keep' | 'finish'
  /** The fate of a plugin that this run created, when a later step fails. */
  onFailure: 'remove' | 'keep'
  /** In whole seconds, handed to the engine; 0 leaves it to the engine. */
  enableTimeout: number
  /** How often credentials are asked for. */
  credentialsAttempts: number
  timeouts: Timeouts
  /** Content that the reference must name: `sha256:…`. Any other content ends the run. */
  digest?: string
  /** The knowledge of an earlier process of this run, when the run is resumed. */
  resumed?: Resumed
}

/** The progress of a run so far: enough to continue it, or to take it back, in another process. */
export interface Resumed {
  ownership: Ownership
  /** An enable was asked of the engine. */
  enableRequested: boolean
  /** When the newest pull began, in ISO 8601. */
  pullBegan?: string
  /** A claim without an id is too old to tell the run's own plugin from another. */
  claimExpired?: true
  /** Full id of the plugin, where the run had seen it. */
  id?: string
  /** Its content, by its layers: an upgrade by another client keeps the id. */
  layers?: string[]
  consent?: ConsentRecord
  /** The digest that the pull named. */
  pulledDigest?: string
  /** Why the run was being taken back; absent while it went forward. */
  failure?: Failure
}

/** The results of the look-ups before the consent. */
export interface PluginLookUp {
  privileges: PluginPrivilege[]
  /** Of the content that the reference names now; absent where the engine could not tell. */
  digest?: string
  engine: EngineVersion
  /** A plugin that is there already and may be kept or finished. */
  present?: {
    plugin: Plugin
    /** It is as asked for: there is nothing to do. */
    asWanted: boolean
    /** This run created it, in an earlier process. */
    own: boolean
  }
}

/**
 * Whose the plugin of this name is: `nothing` was created by this run; `adopted`: it was there before,
 * and this run finishes it; `uncertain` after a pull that was cut before its end; `created` by a pull
 * of this run that ended well.
 */
export type Ownership = 'nothing' | 'adopted' | 'uncertain' | 'created'

/** The rollback of what this run had created, and what is on the engine now. */
export type RollbackReport =
  | { result: 'nothingToRemove' }
  | { result: 'removed'; name: string; id: string }
  | { result: 'kept'; name: string; id: string; enabled: boolean; command: string }
  /** `command` removes what is left, once the reason is mended. */
  | { result: 'failed'; name: string; id?: string; reason: string; command: string }

export interface InstallContext {
  input: InstallInput
  ownership: Ownership
  /** An enable was asked of the engine, which may carry it out whatever becomes of the connection. */
  enableRequested: boolean
  /** Only a person can answer what the flow waits for. */
  asksPerson: boolean
  /** When the newest pull began, in ISO 8601. */
  pullBegan?: string
  credentialsAttempt: number
  /** How often the privileges changed between consent and pull. */
  changes: number
  /** Absent when the reference or the alias is not valid. */
  names?: PluginNames
  account?: Account | undefined
  lookUp?: PluginLookUp
  consentRequest?: ConsentRequest
  consent?: ConsentRecord
  /** The digest that the pull named. */
  pulledDigest?: string
  plugin?: Plugin | undefined
  failure?: Failure
  rollback?: RollbackReport
}

/** The outcome of a finished install. */
export interface InstalledPlugin {
  id: string
  name: string
  reference: string
  digest?: string
  enabled: boolean
  /** `false`: it was there already, as asked for, and nothing was changed. */
  changed: boolean
  privileges: PluginPrivilege[]
  /** The settings that were applied. */
  settings: readonly Setting[]
  consent: ConsentRecord
}

export type InstallOutput =
  | { state: 'done'; plugin: InstalledPlugin }
  | { state: 'rolledBack'; failure: Failure; rollback: RollbackReport }
