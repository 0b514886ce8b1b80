import type { DoneActorEvent, ErrorActorEvent } from 'xstate'
import type { ConsentDecision } from '../consent.ts'
import type { PullResult } from '../engine.ts'
import { isEngineError } from '../errors.ts'
import { errorOf, type FlowEmitted } from '../flow.ts'
import type { Account, Plugin } from '../plugin.ts'
import type { InstallContext, PluginLookUp, RollbackReport } from './types.ts'

/** The actions of people. */
export type PersonEvent =
  | { type: 'consent.grant'; who?: string }
  | { type: 'consent.deny'; reason?: string }
  /** The credentials themselves were handed to the adapter before: this only tells whose they are. */
  | { type: 'credentials.submit'; account: Account }
  | { type: 'install.cancel' }

/** The ends of the invoked actors. */
type ActorEvent =
  | DoneActorEvent<PluginLookUp, 'lookUpPlugin'>
  | DoneActorEvent<Account | undefined, 'requestCredentials'>
  | DoneActorEvent<ConsentDecision, 'decideConsent'>
  | DoneActorEvent<PullResult, 'pluginPull'>
  | DoneActorEvent<Plugin | undefined, 'pluginInspect'>
  | DoneActorEvent<Plugin, 'pluginSet'>
  | DoneActorEvent<undefined, 'pluginEnable'>
  | DoneActorEvent<RollbackReport, 'takeBack'>
  | ErrorActorEvent<unknown, string>

export type InstallEvent = PersonEvent | ActorEvent

export type InstallEmitted = FlowEmitted

/**
 * Whether a pull was refused because the one that an earlier process of this run began has ended
 * meanwhile: an engine that has all of the content installs it, however long that takes.
 */
export function isOwnEarlierPull(
  { input }: Pick<InstallContext, 'input'>,
  event: InstallEvent,
): boolean {
  const error = errorOf(event)
  const isTaken = isEngineError(error) && error.code === 'already-exists'
  return isTaken && input.resumed?.ownership === 'uncertain'
}
