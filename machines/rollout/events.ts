import type { RolloutConsent, TargetOutcome } from './types.ts'

/** The actions of people. */
export type RolloutPersonEvent =
  | { type: 'consent.grant'; consent: RolloutConsent }
  | { type: 'consent.deny'; reason?: string }
  | { type: 'pause' }
  | { type: 'resume' }
  /** Ends a hold. */
  | { type: 'promote' }
  /** Stops, and leaves what is done. */
  | { type: 'cancel' }
  /** Stops, and takes back what was changed. */
  | { type: 'rollback' }
  /** Takes the targets again that have failed, and goes on. */
  | { type: 'retry' }

/** Every one may come twice, late, or out of order. */
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
      /** With a rollback: how the target had ended before. */
      was?: TargetOutcome
      /** Why it failed. */
      code?: string
    }
  /** The plugins of a step were looked at again, and so many are not as they were left. */
  | { type: 'batch.monitored'; step: number; failed: number }
  /** The targets that were changed are listed. */
  | { type: 'undo.planned'; size: number }
