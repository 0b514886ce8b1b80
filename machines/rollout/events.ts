import type { Loss, RolloutConsent, TargetOutcome } from './types.ts'

/** The actions of people. */
export type RolloutPersonEvent =
  | { type: 'consent.grant'; consent: RolloutConsent }
  | { type: 'consent.deny'; reason?: string }
  | { type: 'pause' }
  | { type: 'resume' }
  /** Ends a hold. */
  | { type: 'promote' }
  /** Stops, and keeps the changes. */
  | { type: 'cancel' }
  /** Stops, and undoes the changes. */
  | { type: 'rollback' }
  /** Retries the targets that were lost, or those of one kind, and continues. */
  | { type: 'retry'; only?: Loss }

/** Each event may arrive twice, late, or out of order. */
export type RolloutEvent =
  | RolloutPersonEvent
  /** The records are written. */
  | { type: 'plan.done'; size: number }
  | {
      type: 'target.done'
      /** In the list of the pass. */
      position: number
      /** Number of the pass. */
      attempt: number
      outcome: TargetOutcome
      /** The outcome that the target had before an undo, or before a retry. */
      was?: TargetOutcome
      /** Why it failed. */
      code?: string
    }
  /** The plugins of a step were inspected again; `failed` counts those that have changed. */
  | { type: 'batch.monitored'; step: number; failed: number }
  /** The targets that were changed are listed. */
  | { type: 'undo.planned'; size: number }
