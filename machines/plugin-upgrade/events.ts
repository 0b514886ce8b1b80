import type { DoneActorEvent, ErrorActorEvent } from 'xstate'
import type { ConsentDecision } from '../consent.ts'
import type { FlowEmitted } from '../flow.ts'
import type { Account } from '../plugin.ts'
import type { Observed } from './effect.ts'
import type { Found, Reading, Resolved, Staged } from './types.ts'

/** The actions of people. */
export type PersonEvent =
  | { type: 'consent.grant'; who?: string }
  | { type: 'consent.deny'; reason?: string }
  /** The credentials themselves were handed to the adapter before: this only tells whose they are. */
  | { type: 'credentials.submit'; account: Account }
  | { type: 'upgrade.cancel' }

/** The ends of the invoked actors. */
type ActorEvent =
  | DoneActorEvent<Reading, 'readPlugin'>
  | DoneActorEvent<Resolved, 'resolveVersions'>
  | DoneActorEvent<Account | undefined, 'requestCredentials'>
  | DoneActorEvent<ConsentDecision, 'decideConsent'>
  | DoneActorEvent<Staged, 'stageCopy'>
  | DoneActorEvent<Observed, 'inspectPlugin'>
  | DoneActorEvent<Observed, 'configurePlugin'>
  | DoneActorEvent<Observed, 'returnPlugin'>
  | DoneActorEvent<Observed, 'restorePlugin'>
  | DoneActorEvent<undefined, 'tryCopy'>
  | DoneActorEvent<undefined, 'disablePlugin'>
  | DoneActorEvent<undefined, 'swapPlugin'>
  | DoneActorEvent<undefined, 'enablePlugin'>
  | DoneActorEvent<undefined, 'quiescePlugin'>
  | DoneActorEvent<Found, 'lookAround'>
  | DoneActorEvent<undefined, 'removeCopy'>
  | ErrorActorEvent<unknown, string>

export type UpgradeEvent = PersonEvent | ActorEvent

export type UpgradeEmitted = FlowEmitted
