import type { InstallErrorCode } from '../../machines/catalogue.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import type { Failure } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import type { RollbackReport } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../../machines/progress.ts'

/**
 * What happens in a flow, as plain JSON. Numbers of events rise by their order and may leave gaps: of
 * progress only the newest counts. No event holds a secret; of settings that do not widen what the
 * plugin may do, only the names are included.
 */
export type FlowEvent =
  | FlowStarted
  | TransitionTaken
  | ProgressMade
  | RetryAhead
  | ConsentAsked
  | CredentialsAsked
  | OutcomeReached

interface Numbered {
  /** From 1. */
  sequence: number
  /** Milliseconds since the epoch. */
  at: number
}

/** The first event. */
export interface FlowStarted extends Numbered {
  type: 'flow'
  /** The machine's id: `pluginInstall`. */
  machine: string
  reference: string
  /** Local name of the plugin, where it was given one. */
  alias?: string
  /** The engine's address. */
  engine?: string
  /** The engine downloads, runs and keeps nothing. */
  simulated?: boolean
}

/** Closes a request that was open before. */
export interface TransitionTaken extends Numbered {
  type: 'transition'
  /** Absent for the first state. */
  from?: string
  /** `pulling.streaming` */
  to: string
  /** As in the chart: `consent.grant`, `done(pluginPull)`, `after(pullingTimeout)`. */
  event: string
}

export interface ProgressMade extends Numbered {
  type: 'progress'
  progress: Progress
}

/** Something failed, changed nothing, and is about to be tried again. */
export interface RetryAhead extends Numbered {
  type: 'retry'
  retry: ShownRetry
}

export interface ShownRetry {
  state: string
  code: InstallErrorCode
  message: string
  /** The number of the next attempt. */
  attempt: number
  /** The highest number of attempts. */
  attempts: number
  /** Milliseconds until it begins. */
  delay: number
}

/** A person is asked to agree. */
export interface ConsentAsked extends Numbered {
  type: 'consent'
  request: ShownConsentRequest
}

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

/** A person is asked for credentials. */
export interface CredentialsAsked extends Numbered {
  type: 'credentials'
  request: CredentialsRequest
}

/** The last event. */
export interface OutcomeReached extends Numbered {
  type: 'outcome'
  outcome: ShownOutcome
}

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
  /** Who agreed to its privileges. */
  consentBy: string
  /** The names of the settings that were applied. */
  settings: readonly string[]
}

/** A recorded run, as its file holds it. */
export interface RecordedRun {
  format: 'plugin-flow-run'
  version: 1
  events: readonly FlowEvent[]
}
