import type { InstallErrorCode } from '../../machines/catalogue.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import type { Progress } from '../../machines/progress.ts'
import type { InstallEvents } from './installEvents.ts'
import type { UpgradeEvents } from './upgradeEvents.ts'

export type * from './installEvents.ts'
export type * from './upgradeEvents.ts'

/**
 * An event of a flow, as plain JSON. Numbers of events rise by their order and may leave gaps: of
 * progress only the newest counts. No event holds a secret; of settings that do not widen what the
 * plugin may do, only the names are included.
 */
export type FlowEvent =
  | FlowStarted
  | TransitionTaken
  | ProgressMade
  | RetryAhead
  | FlowQueued
  | AnswerIgnored
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
  /** The machine's id: `pluginInstall`, `pluginUpgrade`. */
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

/** The flow waits for its place among the flows at work, and sends nothing until it goes on. */
export interface FlowQueued extends Numbered {
  type: 'queued'
  queued: ShownQueued
}

/** A person answered what the flow no longer asked, or cancelled one that was ending: nothing changed. */
export interface AnswerIgnored extends Numbered {
  type: 'ignored'
  /** As in the chart: `consent.grant`. */
  event: string
}

export interface ShownQueued {
  /** How many wait before it. */
  ahead: number
}

/** The requests and outcomes of each machine's flows, by the machine's id. */
export interface MachineEvents {
  pluginInstall: InstallEvents
  pluginUpgrade: UpgradeEvents
}

/** Events with a part that is of their machine. An event that names no machine is of an install. */
type OfMachines<Type extends string, Part extends 'request' | 'outcome'> = {
  [Id in keyof MachineEvents]: Numbered & { type: Type } & (Id extends 'pluginInstall'
      ? { machine?: Id }
      : { machine: Id }) & { [Key in Part]: MachineEvents[Id][Key] }
}[keyof MachineEvents]

/** A person is asked to agree. */
export type ConsentAsked = OfMachines<'consent', 'request'>

/** A person is asked for credentials. */
export interface CredentialsAsked extends Numbered {
  type: 'credentials'
  request: CredentialsRequest
}

/** The last event. */
export type OutcomeReached = OfMachines<'outcome', 'outcome'>

/** A recorded run, as its file holds it. */
export interface RecordedRun {
  format: 'plugin-flow-run'
  version: 1
  events: readonly FlowEvent[]
}
