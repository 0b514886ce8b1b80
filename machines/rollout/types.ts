import type { Strategy } from './plan.ts'
import type { TargetState } from './records.ts'

export interface RolloutInput {
  strategy: Strategy
  /** Milliseconds until a rollout without consent expires. */
  consentTime: number
}

/** How a target can end. */
export type TargetOutcome = Extract<
  TargetState,
  'done' | 'kept' | 'failed' | 'unreachable' | 'abandoned' | 'undone' | 'undoFailed'
>

/** The agreement to a plan, of which the records hold the hash. */
export interface RolloutConsent {
  /** `sha256:…` of the plan and the other fields. */
  hash: string
  who?: string
  /** In ISO 8601. */
  at: string
  /** In ISO 8601: no target is changed after it. */
  until?: string
}

/** Failures that a person has to look at, whatever the budget. */
export type Alarm = 'consent-mismatch' | 'unauthorized'

/** Failures within a part of the rollout. */
export interface Losses {
  failed: number
  unreachable: number
}

/**
 * The size of it depends on the window, and never on the fleet. Targets are numbered by their position in the list of the
 * present pass: the first one has all targets to work on, a retry those that are left, a rollback those that were changed.
 */
export interface RolloutContext {
  input: RolloutInput
  consent?: RolloutConsent
  /** Number of the pass. An event of an earlier one does not count. */
  attempt: number
  action: 'do' | 'undo'
  /** Targets to work on in all passes but a rollback. */
  total: number
  /** Targets of the present pass; absent until they are listed. */
  size?: number | undefined
  /** Position of the first target that was not handed out. */
  next: number
  /** Positions that were handed out, and are not done. */
  out: readonly number[]
  /** Number of the canary step, or of the batch after them. */
  step: number
  counts: Readonly<Record<TargetOutcome, number>>
  /** Of the present step. */
  losses: Losses
  /** The losses that a person has accepted by going on. */
  accepted: { all: Losses; step: Losses }
  /** The present step was looked at again after its time. */
  isMonitored: boolean
  alarm?: Alarm | undefined
  /** After the stop everything is taken back. */
  goesBack: boolean
}
