import type { Observable, Subscribable } from 'rxjs'
import type { ActorRefFrom, AnyStateMachine, InspectionEvent, Observer, SnapshotFrom } from 'xstate'
import type { CredentialsSource, RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { ConsentDecision, ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsRequest, Engine as EnginePort } from '../../machines/engine.ts'
import type { Queued } from '../../machines/gate.ts'
import type { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstalledPlugin, Timeouts } from '../../machines/plugin-install/types.ts'
import type { Progress } from '../../machines/progress.ts'
import type { Retry } from '../../machines/retry.ts'
import type { PolicyOptions } from './retry/policy.ts'

/**
 * A Docker Engine, as flows use it. `connect()` makes one; a host that brings its own implements `call`.
 */
export interface Engine extends EnginePort {
  /** Its address, for people: `unix:///var/run/docker.sock`. */
  readonly host?: string
  /** The credentials configured for a registry, without asking a person. Default: there are none. */
  configured?(registry: string, signal: AbortSignal): Promise<RegistryCredentials | undefined>
}

/** Answers instead of a person. Its answer is final; a promise is waited for within the timeout. */
export type ConsentPolicy = (
  request: ConsentRequest,
  signal: AbortSignal,
) => boolean | NonNullable<ConsentDecision> | Promise<boolean | NonNullable<ConsentDecision>>

/** The answer of a journal: `abandon` where the run belongs to another process by now. */
export type JournalAnswer = 'abandon' | undefined

/** The options of a flow, whether it is new or taken up again. */
export interface FlowOptions<Snapshot = InstallSnapshot, Limits = Timeouts> {
  /** Without it the flow waits for `grant()` or `deny()`. */
  consent?: ConsentPolicy
  /**
   * Asked when the registry wants other credentials than those configured; `undefined` says that
   * there are none. Without it the flow waits for `authenticate()`.
   */
  credentials?: CredentialsSource
  /** How long the flow waits, and what it tries again. Default: `defaultPolicy`. */
  policy?: PolicyOptions<Limits>
  /** Cancels the flow, as `cancel()` does. */
  signal?: AbortSignal
  /**
   * Keeps the flow's snapshot somewhere that outlives the process. It is waited for before each
   * request that changes the engine, and when the flow has ended; where it fails before a step
   * forward, the flow is taken back. The rollback and the end wait ten seconds for it at most. The answer
   * `abandon` says that the run has lost its right to act, as when its lock is another process's: nothing more is
   * sent then, not even to take back, and the outcome says what is known.
   */
  journal?: (snapshot: Snapshot) => void | JournalAnswer | Promise<void> | Promise<JournalAnswer>
  /**
   * XState's inspection observer, as `createActor` takes it; that of `@statelyai/inspect` is one. It gets the
   * events without account names, values of settings, or anything in somebody's own words, and stand-ins for the
   * actors, which cannot be spoken to. Events from before its part of the package is loaded follow then, in order. It is
   * never completed.
   */
  inspect?: Observer<InspectionEvent> | ((event: InspectionEvent) => void)
}

/** Its value is sent to the engine only: it is in no snapshot, error or log. */
export interface SecretValue {
  value: string
  secret: true
}

/** `'DEBUG=1'`, or `{ setting: 'PASSWORD=…', secret: true }`. */
export type GivenSetting = string | { setting: string; secret: true }

/** By name, or as a list in the order to set them. */
export type GivenSettings = Readonly<Record<string, string | SecretValue>> | readonly GivenSetting[]

export interface ResumeOptions extends FlowOptions {
  /** Take the run back in place of going on with it. Default `false`. */
  rollBack?: boolean
  /**
   * A plugin of the name and reference of the run is its own, although the run has not seen it: without an id
   * that is assumed for a quarter of an hour after its pull began. Default `false`.
   */
  isOwn?: boolean
  /** The values of the settings that are secret, by their names: a snapshot does not hold them. */
  secretSettings?: Readonly<Record<string, string>>
}

export interface InstallOptions extends FlowOptions {
  /** `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`, as `docker plugin install` takes it. */
  reference: string
  /** Local name. Default: the reference's familiar name with its tag. */
  alias?: string
  /**
   * `{ DEBUG: '1', 'state.source': '/data', PASSWORD: { value, secret: true } }`, or `['DEBUG=1', …]` in
   * the order to set them. The path that a mount or a device is pointed at cannot be secret.
   */
  settings?: GivenSettings
  /** Install without enabling. Default `false`. */
  disabled?: boolean
  /** Grant whatever is asked, unseen. Default `false`. */
  grantAllPermissions?: boolean
  /** How often credentials are asked for. Default 3. */
  credentialsAttempts?: number
  /**
   * The answer to a plugin of this name that is there already. `fail` (default); `keep` it, unchanged,
   * where it came from this reference and has these settings; `finish` what an earlier run, or another
   * tool, left disabled, after consent.
   */
  ifPresent?: 'fail' | 'keep' | 'finish'
  /** `sha256:…`: the content that the reference must name; any other content is not installed. */
  digest?: string
  /** The fate of a plugin that this run created when a later step fails. Default `remove`. */
  onFailure?: 'remove' | 'keep'
  /** How long the engine waits for the plugin, in whole seconds. Default 0: the engine's own. */
  enableTimeout?: number
}

export interface PlanOptions extends InstallOptions {
  /**
   * Called before each wait for another attempt, as `retry$` tells it. An error that it throws is an uncaught
   * exception, as with a subscriber.
   */
  onRetry?: (retry: Retry) => void
}

/** An install as it would be done. */
export interface InstallPlan {
  /** The request to a person or the policy. */
  request: ConsentRequest
  /** `undefined`: a person is asked. */
  consent: ConsentDecision
  /** The plugin is there as asked for, and stays as it is. */
  present: boolean
  /** The requests that change the engine, in their order, as long as nothing fails. */
  requests: string[]
}

/** One step from state to state; sub-states are written `pulling.streaming`. */
export interface Transition {
  /** Absent for the first state. */
  from?: string
  to: string
  event: { type: string }
  /** Milliseconds since the epoch. */
  at: number
}

/** An answer of a person that the flow did not take, as it came too late or twice. It changes nothing. */
export interface Ignored {
  event: { type: string }
  /** Milliseconds since the epoch. */
  at: number
}

/** The XState actor, to be read: for `@xstate/react` and RxJS' `from()`. */
export interface FlowActor<Machine extends AnyStateMachine>
  extends Subscribable<SnapshotFrom<Machine>> {
  readonly id: string
  subscribe: ActorRefFrom<Machine>['subscribe']
  getSnapshot(): SnapshotFrom<Machine>
}

/** A running flow. Observables are hot, complete with the flow and never error. */
export interface Flow<
  Machine extends AnyStateMachine,
  Snapshot,
  Result,
  Request extends ConsentRequest = ConsentRequest,
> {
  /** Every transition; a late subscriber starts with the latest. */
  readonly transition$: Observable<Transition>
  /** The pull, as it is now; a late subscriber starts with the latest. */
  readonly progress$: Observable<Progress>
  /** Every attempt that will be made again, before the wait for it. */
  readonly retry$: Observable<Retry>
  /** That the flow waits for its place among the flows at work, while it does: nothing is sent of it. */
  readonly queued$: Observable<Queued>
  /** Every answer that the flow did not take. */
  readonly ignored$: Observable<Ignored>
  /** The request to a person, while the flow waits for the answer. */
  readonly consent$: Observable<Request>
  /** Credentials that a person is asked for, while the flow waits for them. */
  readonly credentials$: Observable<CredentialsRequest>
  /** Rejects with an error that tells what is on the engine now; unobserved, it rejects in silence. */
  readonly result: Promise<Result>
  /** `false`: no question is open, or another one than this. */
  grant(request?: Request, who?: string): boolean
  deny(reason?: string, request?: Request): boolean
  authenticate(credentials: RegistryCredentials): boolean
  /** Takes back what was done so far. `false`: the flow has ended or is taking back already. */
  cancel(): boolean
  snapshot(): Snapshot
  readonly actor: FlowActor<Machine>
}

/** A flow of any machine, for those that show it and answer its questions. */
export type WatchedFlow<Snapshot, Request extends ConsentRequest = ConsentRequest> = Omit<
  Flow<AnyStateMachine, Snapshot, unknown, Request>,
  'actor'
>

export type InstallActor = FlowActor<typeof pluginInstallMachine>

/** A running install. Its `result` is the installed plugin, or rejects with an `InstallError`. */
export type PluginInstall = Flow<typeof pluginInstallMachine, InstallSnapshot, InstalledPlugin>
