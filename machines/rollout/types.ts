import type { Strategy } from './plan.ts'
import type { TargetState } from './records.ts'

export interface RolloutInput {
  strategy: Strategy
  /** Milliseconds until a rollout without consent expires. */
  consentTime: number
}

/** The outcome of a target. */
export type TargetOutcome = Extract<
  TargetState,
  'done' | 'kept' | 'failed' | 'unreachable' | 'abandoned' | 'undone' | 'undoFailed'
>

/** The consent to a plan. The records hold its hash. */
export interface RolloutConsent {
  /** `sha256:…` of the plan and the other fields. */
  hash: string
  who?: string
  /** In ISO 8601. */
  at: string
  /** In ISO 8601: no target is changed after it. */
  until?: string
}

/** Codes of failures that pause the rollout regardless of its budget. */
export type Alarm = 'consent-mismatch' | 'unauthorized'

/** The targets that a retry can be limited to. */
export const LOSSES = ['failed', 'unreachable'] as const

export type Loss = (typeof LOSSES)[number]

/** Counts of failed and unreachable targets. Those that were abandoned count as failed. */
export type Losses = Record<Loss, number>

/**
 * The size of it depends on the window, and never on the fleet. Targets are numbered by their position in the list of the
 * present pass: the first one has all targets to work on, a retry those that are left, a rollback those that were changed.
 */
export interface RolloutContext {
  input: RolloutInput
  consent?: RolloutConsent
  /** Number of the pass. Events of earlier passes are ignored. */
  attempt: number
  action: 'do' | 'undo'
  /** Targets to work on in all passes but a rollback. */
  total: number
  /** Targets of the present pass; absent until they are listed. */
  size?: number | undefined
  /** Position of the first target that was not handed out. */
  next: number
  /** Positions that are at work. */
  out: readonly number[]
  /** Number of the canary step, or of the batch after them. */
  step: number
  counts: Readonly<Record<TargetOutcome, number>>
  /** Targets that a retry takes again, and that have not ended since: they are still counted by how they ended before. */
  again?: Losses | undefined
  /** Of the targets that were lost the present pass has these alone. */
  only?: Loss | undefined
  /** Of the present step. */
  losses: Losses
  /** The losses that a person accepted by resuming. */
  accepted: { all: Losses; step: Losses }
  /** The present step was looked at again after its time. */
  isMonitored: boolean
  alarm?: Alarm | undefined
  /** After the stop everything is taken back. */
  goesBack: boolean
}
