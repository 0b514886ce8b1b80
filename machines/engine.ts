import type { Account, EngineVersion, JSONMessage, Plugin, PluginPrivilege } from './plugin.ts'

/**
 * What the flow needs of a Docker Engine: one method an operation, named by Docker's `operationId`.
 * Every method rejects with an `EngineError` and nothing else (a `cancelled` one once `signal` has
 * fired), is bounded in time, and has released its socket when it settles. Credentials are the
 * engine's own affair: none passes through here.
 */
export interface PluginEngine {
  /** Negotiates the API version; asked once an engine, then remembered. */
  systemPing(signal: AbortSignal): Promise<EngineVersion>
  /** `null`: it asks for nothing. `[]`: the engine could not look (recordings `privileges.*`). */
  getPluginPrivileges(remote: string, signal: AbortSignal): Promise<PluginPrivilege[] | null>
  /** The truth that an empty list of privileges hides, and the digest behind a reference. */
  distributionInspect(remote: string, signal: AbortSignal): Promise<{ digest: string }>
  /** By name or full id. `undefined`: no such plugin. */
  pluginInspect(name: string, signal: AbortSignal): Promise<Plugin | undefined>
  /** Settles when the stream has ended; rejects on an error line and on a cut stream. */
  pluginPull(request: PullRequest, signal: AbortSignal): Promise<PullResult>
  /** `settings`: `NAME[.FIELD][=VALUE]` each. */
  pluginSet(name: string, settings: readonly string[], signal: AbortSignal): Promise<void>
  /** `timeout` in whole seconds; 0 leaves it to the engine. */
  pluginEnable(name: string, timeout: number, signal: AbortSignal): Promise<void>
  pluginDelete(name: string, options: { force: boolean }, signal: AbortSignal): Promise<void>
}

export interface PullRequest {
  remote: string
  /** The local name. */
  name: string
  privileges: readonly PluginPrivilege[]
  /** Called for every line of progress, in order. */
  onMessage?: (message: JSONMessage) => void
}

export interface PullResult {
  /** The local name, in the engine's words (`Docker-Plugin-Name`), where it told one. */
  name?: string
  /** The digest that the stream named. */
  digest?: string
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
