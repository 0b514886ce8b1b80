import type { Observable, Subscribable } from 'rxjs'
import type { ActorRefFrom, SnapshotFrom } from 'xstate'
import type {
  CredentialsSource,
  RegistryCredentials,
} from '../adapters/credentials/registryAuth.ts'
import type { pluginInstallMachine } from '../machines/plugin-install/pluginInstallMachine.ts'
import type {
  ConsentDecision,
  ConsentRequest,
  InstalledPlugin,
  InstallInput,
  InstallOutput,
  Resumed,
  Timeouts,
} from '../machines/plugin-install/types.ts'
import type { CredentialsRequest, PluginEngine } from '../machines/ports.ts'
import type { Progress } from './progress.ts'

/** A Docker Engine, as flows use it. `connect()` makes one; a host may bring its own. */
export interface Engine {
  /** Its address, for people: `unix:///var/run/docker.sock`. */
  readonly host: string
  /** Its operations, with the credentials of one flow. */
  operations(authHeader: () => string | undefined): PluginEngine
  /** What is configured for a registry, without asking anybody. The signal ends the search. */
  configured(registry: string, signal: AbortSignal): Promise<RegistryCredentials | undefined>
  /** Releases the sockets. Flows that still run on it fail. */
  close(): void
}

/** Answers instead of a person. Its answer is final; a promise is waited for within the timeout. */
export type ConsentPolicy = (
  request: ConsentRequest,
  signal: AbortSignal,
) => boolean | NonNullable<ConsentDecision> | Promise<boolean | NonNullable<ConsentDecision>>

/** What a flow needs of its host, whether it is new or taken up again. */
export interface FlowOptions {
  /** Without it the flow waits for `grant()` or `deny()`. */
  consent?: ConsentPolicy
  /**
   * Asked when the registry wants other credentials than those configured; `undefined` says that
   * there are none. Without it the flow waits for `authenticate()`.
   */
  credentials?: CredentialsSource
  /** Milliseconds by state; see `Timeouts` for the defaults. */
  timeouts?: Partial<Timeouts>
  /** Cancels the flow, as `cancel()` does. */
  signal?: AbortSignal
  /**
   * Keeps the flow's snapshot somewhere that outlives the process. It is waited for before each
   * request that changes the engine, and when the flow has ended; where it fails before a step
   * forward, the flow is taken back.
   */
  journal?: (snapshot: InstallSnapshot) => void | Promise<void>
}

export interface ResumeOptions extends FlowOptions {
  /** Take the run back in place of going on with it. Default `false`. */
  rollBack?: boolean
}

export interface InstallOptions extends FlowOptions {
  /** `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`, as `docker plugin install` takes it. */
  reference: string
  /** Local name. Default: the reference's familiar name with its tag. */
  alias?: string
  /** `{ DEBUG: '1', 'state.source': '/data' }`, or `['DEBUG=1', …]` in the order to set them. */
  settings?: Readonly<Record<string, string>> | readonly string[]
  /** Install without enabling. Default `false`. */
  disabled?: boolean
  /** Grant whatever is asked, unseen. Default `false`. */
  grantAllPermissions?: boolean
  /** How often credentials are asked for. Default 3. */
  credentialsAttempts?: number
  /**
   * What a plugin of this name that is there already means. `fail` (default); `keep` it, unchanged,
   * where it came from this reference and has these settings; `finish` what an earlier run, or another
   * tool, left disabled, after consent.
   */
  ifPresent?: 'fail' | 'keep' | 'finish'
  /** What becomes of a plugin this run created when a later step fails. Default `remove`. */
  onFailure?: 'remove' | 'keep'
  /** Whole seconds that the engine is told to wait for the plugin. Default 0: the engine's own. */
  enableTimeout?: number
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

/**
 * A flow as plain data: enough for another process to take it up again. No credentials are in it;
 * the values of settings are.
 */
export interface InstallSnapshot {
  version: 1
  state: string
  /** Local name of the plugin. */
  name?: string
  input: Omit<InstallInput, 'timeouts' | 'resumed'>
  run: Resumed
  /** How it ended, once it has. */
  outcome?: InstallOutput
}

type InstallActorRef = ActorRefFrom<typeof pluginInstallMachine>
type MachineSnapshot = SnapshotFrom<typeof pluginInstallMachine>

/** The XState actor, to be read: for `@xstate/react`, RxJS' `from()` and inspectors. */
export interface InstallActor extends Subscribable<MachineSnapshot> {
  readonly id: string
  subscribe: InstallActorRef['subscribe']
  getSnapshot(): MachineSnapshot
}

/** A running install. Observables are hot, complete with the flow and never error. */
export interface PluginInstall {
  /** Every transition; a late subscriber starts with the latest. */
  readonly transition$: Observable<Transition>
  /** The pull, as it is now; a late subscriber starts with the latest. */
  readonly progress$: Observable<Progress>
  /** What a person is asked to agree to, while the flow waits for it. */
  readonly consent$: Observable<ConsentRequest>
  /** Credentials that a person is asked for, while the flow waits for them. */
  readonly credentials$: Observable<CredentialsRequest>
  /** The installed plugin. Rejects with an `InstallError`; unobserved, it rejects in silence. */
  readonly result: Promise<InstalledPlugin>
  /** `false`: nobody waits for it, or for another request than this one. */
  grant(request?: ConsentRequest): boolean
  deny(reason?: string, request?: ConsentRequest): boolean
  authenticate(credentials: RegistryCredentials): boolean
  /** Takes back what was done so far. `false`: the flow has ended or is taking back already. */
  cancel(): boolean
  snapshot(): InstallSnapshot
  readonly actor: InstallActor
}
