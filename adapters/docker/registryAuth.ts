import type {
  CallOptions,
  CredentialsRequest,
  Engine,
  InputOf,
  OperationId,
  RegistryAuth,
} from '../../machines/engine.ts'
import { EngineError, isEngineError } from '../../machines/errors.ts'
import type { Account } from '../../machines/plugin.ts'
import { parseReference } from '../../machines/reference.ts'
import { untilAborted } from '../../machines/retry.ts'
import {
  authHeader,
  type RegistryCredentials,
  readCredentials,
  registryKey,
} from './registryCredentials.ts'

export type { RegistryCredentials }

type Answer = RegistryCredentials | undefined | Promise<RegistryCredentials | undefined>

/**
 * A host's source of credentials: a vault, a prompt, an environment. `undefined`: it has none. The signal
 * fires when the answer is no longer needed.
 */
export type CredentialsSource = (request: CredentialsRequest, signal: AbortSignal) => Answer

export interface RegistryAuthOptions {
  /**
   * Credentials configured for a registry, e.g. in Docker's own config (`readDockerConfig`). Read again
   * when the registry refuses them: if they have changed, they are tried before the source is asked.
   */
  configured?: (registry: string, signal: AbortSignal) => Answer
  source?: CredentialsSource
}

interface Held {
  header: string
  account: Account
  configured: boolean
}

/**
 * The credentials of one flow. They are private, so that printing the object shows none.
 * Its methods reject with an `EngineError`: `cancelled` once the signal has fired, or `host-failed`.
 */
export class FlowAuth implements RegistryAuth {
  readonly #options: RegistryAuthOptions
  /** By registry: an upgrade may go from one to another, and neither gets what is meant for the other. */
  #all: Map<string, Held> | undefined

  constructor(options: RegistryAuthOptions = {}) {
    this.#options = options
  }

  load(registry: string, signal: AbortSignal): Promise<Account | undefined> {
    // Credentials of a person or a source are newer than those of the configuration.
    const held = this.#all?.get(registry)
    if (held && !held.configured) return Promise.resolve(held.account)
    return this.#askConfiguration(registry, signal)
  }

  async request(request: CredentialsRequest, signal: AbortSignal): Promise<Account | undefined> {
    const renewed = await this.#renew(request.registry, signal)
    if (renewed) return renewed
    const { source } = this.#options
    return this.#ask(request.registry, SOURCE, () => source?.(request, signal), signal)
  }

  /**
   * Takes credentials that a person entered.
   *
   * @throws EngineError `host-failed` when they are not credentials
   */
  submit(registry: string, credentials: RegistryCredentials): Account {
    return this.#take(registry, credentials, 'the host')
  }

  /** The value of `X-Registry-Auth` for a registry, if there is one. */
  header(registry: string): string | undefined {
    return this.#all?.get(registry)?.header
  }

  /** Forgets the current credentials. */
  forget(): void {
    this.#all = undefined
  }

  #take(registry: string, given: unknown, from: string): Account {
    const credentials = readCredentials(given, from)
    const username = 'username' in credentials ? credentials.username : undefined
    const account = { registry, ...(username === undefined ? {} : { username }) }
    const header = authHeader(credentials, registryKey(registry))
    this.#all ??= new Map()
    this.#all.set(registry, { header, account, configured: from === CONFIGURATION })
    return account
  }

  async #ask(registry: string, from: string, answer: () => Answer, signal: AbortSignal) {
    const aborted = () =>
      new EngineError('cancelled', `the request for credentials of ${registry} was cancelled`)
    const begin = async () => {
      try {
        return await answer()
      } catch (error) {
        throw hostFailed(error, from, registry)
      }
    }
    const given = await untilAborted(begin, signal, aborted)
    return given === undefined || given === null ? undefined : this.#take(registry, given, from)
  }

  #askConfiguration(registry: string, signal: AbortSignal) {
    const { configured } = this.#options
    return this.#ask(registry, CONFIGURATION, () => configured?.(registry, signal), signal)
  }

  /** A credential helper returns a new token when the refused one has expired. */
  async #renew(registry: string, signal: AbortSignal) {
    const refused = this.#all?.get(registry)
    if (!refused?.configured) return undefined
    const account = await this.#askConfiguration(registry, signal)
    return this.header(registry) === refused.header ? undefined : account
  }
}

/** The engine, which sends the credentials that a flow holds with every call that reaches a registry. */
export function withRegistryAuth(engine: Engine, auth: Pick<FlowAuth, 'header'>): Engine {
  return {
    async call<Id extends OperationId>(id: Id, input: InputOf<Id>, options: CallOptions) {
      const registryAuth = 'remote' in input ? auth.header(registryOf(input.remote)) : undefined
      if (id === 'systemAuth' && registryAuth === undefined) {
        throw new EngineError('unauthorized', 'there are no credentials to check', { unsent: true })
      }
      return engine.call(
        id,
        input,
        registryAuth === undefined ? options : { ...options, registryAuth },
      )
    },
  }
}

/** No registry has the empty name. */
function registryOf(remote: string): string {
  const parsed = parseReference(remote)
  return typeof parsed === 'string' ? '' : parsed.domain
}

const CONFIGURATION = 'the configuration of credentials'
const SOURCE = 'the source of credentials'

/** Quotes nothing of what a host's function threw, which may contain the secret. */
function hostFailed(error: unknown, from: string, registry: string): EngineError {
  if (from === CONFIGURATION && isEngineError(error)) return error
  const what = error instanceof Error ? error.name : typeof error
  return new EngineError('host-failed', `${from} failed for ${registry} (${what})`)
}
