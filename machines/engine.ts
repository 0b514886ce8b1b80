import type { Account, EngineVersion, JSONMessage, Plugin, PluginPrivilege } from './plugin.ts'

/** The privileges of a plugin before it is pulled. */
export interface PrivilegesLookUp {
  privileges: PluginPrivilege[]
  /** True when the engine could not read the plugin, for a reason that it hides (recordings `privileges.*`). */
  hidden: boolean
}

/** The outcome of a pull or an upgrade. */
export interface PullResult {
  /** The local name as the engine reports it (`Docker-Plugin-Name`). */
  name?: string
  /** The digest that the stream named. */
  digest?: string
}

export interface PluginName {
  /** Local name, or full id. */
  name: string
}

export interface PluginRemote {
  /** A whole reference, e.g. `docker.io/vieux/sshfs:latest`. */
  remote: string
}

interface Forced extends PluginName {
  /** Default `false`. */
  force?: boolean
}

/** A container, as far as it shows which plugins it uses. */
export interface ContainerSummary {
  /** Each begins with a slash. */
  Names: string[]
  /** The volume driver of each mount; empty where it has none. */
  Mounts: { Driver: string }[]
  /** Names of its networks. */
  Networks: string[]
}

/** An event that the engine remembers. */
export interface SystemEvent {
  /** E.g. `remove`. */
  action: string
  /** Of a plugin's event: its local name. Empty where it has none. */
  name: string
}

/** A node of a swarm. */
export interface SwarmNode {
  id: string
  hostname: string
  /** Where its manager sees it; empty where the manager does not tell. */
  address: string
  /** `manager` or `worker`. */
  role: string
  labels: Readonly<Record<string, string>>
}

interface Operation<Input, Output> {
  input: Input
  output: Output
}

/** The operations of the Engine API that are used here, named by Docker's `operationId`. */
export interface Operations {
  /** The API version that further calls use. */
  systemPing: Operation<Record<never, never>, EngineVersion>
  /** The engine's own version and architecture (Go's name, such as `amd64`), as far as the engine reports them. */
  systemVersion: Operation<Record<never, never>, { version?: string; arch?: string }>
  /** The engine's own id, which no other engine has, and its clock, in milliseconds since the epoch. */
  systemInfo: Operation<Record<never, never>, { id: string; systemTime?: number }>
  /**
   * Past events in their order, as far as the engine remembers them: the last 256 of its present run. Both times are in
   * milliseconds since the epoch, by the engine's clock, and past.
   */
  systemEvents: Operation<
    { since: number; until: number; filters: Readonly<Record<string, readonly string[]>> },
    SystemEvent[]
  >
  /** The nodes of a swarm, as a manager of it lists them. */
  nodeList: Operation<Record<never, never>, SwarmNode[]>
  /**
   * Has the registry of a reference check the credentials that go along. Rejects with `unauthorized` where it
   * does not accept them, and with `unsent` where credentials that it can check are missing.
   */
  systemAuth: Operation<PluginRemote, void>
  getPluginPrivileges: Operation<PluginRemote, PrivilegesLookUp>
  /** The digest behind a reference, and the reason that `getPluginPrivileges` hides. */
  distributionInspect: Operation<PluginRemote, { digest: string }>
  /** `filters` by the engine's names for them (`enabled`, `capability`). */
  pluginList: Operation<{ filters?: Readonly<Record<string, readonly string[]>> }, Plugin[]>
  /** Of one driver. Those of a plugin that is disabled are not listed. */
  volumeList: Operation<{ driver: string }, { Name: string }[]>
  networkList: Operation<{ driver: string }, { Name: string }[]>
  /** All of them, also those that do not run. */
  containerList: Operation<Record<never, never>, ContainerSummary[]>
  /** `undefined` when the engine has no such plugin. */
  pluginInspect: Operation<PluginName, Plugin | undefined>
  /** Settles when the stream has ended; rejects on an error line and on a cut stream. */
  pluginPull: Operation<
    PluginRemote & PluginName & { privileges: readonly PluginPrivilege[] },
    PullResult
  >
  /**
   * Gives a disabled plugin another version, and settles as a pull does. `name` is the local name, for the
   * engine upgrades none by its id; `privileges` are all of the new version. It keeps `Settings` and
   * replaces `Config`, so that some settings are no longer in effect.
   */
  pluginUpgrade: Operation<
    PluginRemote & PluginName & { privileges: readonly PluginPrivilege[] },
    PullResult
  >
  /** `settings`: `NAME[.FIELD][=VALUE]` each. */
  pluginSet: Operation<PluginName & { settings: readonly string[] }, void>
  /** `timeout` in whole seconds; 0 leaves it to the engine. */
  pluginEnable: Operation<PluginName & { timeout: number }, void>
  pluginDisable: Operation<Forced, void>
  pluginDelete: Operation<Forced, void>
}

export type OperationId = keyof Operations
export type InputOf<Id extends OperationId> = Operations[Id]['input']
export type OutputOf<Id extends OperationId> = Operations[Id]['output']

export interface CallOptions {
  signal: AbortSignal
  /** Called with every line of the progress of a pull or an upgrade, in order. */
  onMessage?: (message: JSONMessage) => void
  /** Value of `X-Registry-Auth`, for operations that reach a registry: a secret. */
  registryAuth?: string | undefined
  /** Called with the function that removed sent secrets from each text of the answer, for a caller that compares texts. */
  cleanedBy?: (clean: (text: string) => string) => void
}

/**
 * A Docker Engine. Its one method rejects with an `EngineError` and nothing else (`cancelled` once the
 * signal has fired), is bounded in time, and has released its socket when it settles.
 */
export interface Engine {
  call<Id extends OperationId>(
    id: Id,
    input: InputOf<Id>,
    options: CallOptions,
  ): Promise<OutputOf<Id>>
}

/** Why credentials are asked for: none were sent, or the registry did not take those that were. */
export type CredentialsReason = 'missing' | 'refused'

export interface CredentialsRequest {
  /** Registry host, `docker.io` for Docker Hub. */
  registry: string
  /** 1 for the first time this flow asks. */
  attempt: number
  reason: CredentialsReason
}

/** The secret side of one flow. It keeps what it is given to itself and tells account names only. */
export interface RegistryAuth {
  /** Takes what is configured for the registry, without asking anybody. */
  load(registry: string, signal: AbortSignal): Promise<Account | undefined>
  /** Asks the host's source for other credentials. `undefined`: it has none, a person may have. */
  request(request: CredentialsRequest, signal: AbortSignal): Promise<Account | undefined>
}
