import type { DoneActorEvent, ErrorActorEvent } from 'xstate'
import type { PullResult } from '../engine.ts'
import type { Account, Plugin } from '../plugin.ts'
import type { ConsentDecision, PluginLookUp, RollbackReport } from './types.ts'

/** What people do. */
export type PersonEvent =
  | { type: 'consent.grant'; who?: string }
  | { type: 'consent.deny'; reason?: string }
  /** The credentials themselves were handed to the adapter before: this only tells whose they are. */
  | { type: 'credentials.submit'; account: Account }
  | { type: 'install.cancel' }

/** What the invoked actors end with. */
type ActorEvent =
  | DoneActorEvent<PluginLookUp, 'lookUpPlugin'>
  | DoneActorEvent<Account | undefined, 'requestCredentials'>
  | DoneActorEvent<ConsentDecision, 'decideConsent'>
  | DoneActorEvent<PullResult, 'pluginPull'>
  | DoneActorEvent<Plugin | undefined, 'pluginInspect'>
  | DoneActorEvent<undefined, 'pluginSet'>
  | DoneActorEvent<undefined, 'pluginEnable'>
  | DoneActorEvent<RollbackReport, 'takeBack'>
  | ErrorActorEvent<unknown, string>

export type InstallEvent = PersonEvent | ActorEvent

/** What an actor rejected with. */
export function errorOf(event: InstallEvent): unknown {
  return 'error' in event ? event.error : undefined
}
