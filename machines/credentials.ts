import type { Account } from './plugin.ts'

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
