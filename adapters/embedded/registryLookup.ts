import { type PluginReference, parseReference } from '../../machines/reference.ts'
import type { EmbeddedPlugin, EmbeddedRegistry, RegistryAccess } from './definePlugin.ts'
import { ApiError } from './exchange.ts'

export type Registries = Readonly<Record<string, EmbeddedRegistry>>

/** The content that a reference names. */
export interface Found {
  registry: EmbeddedRegistry
  content: EmbeddedPlugin
}

export type LookupProblem =
  | 'connection refused'
  | 'no such host'
  | 'no credentials'
  | 'wrong credentials'
  | 'no such repository'
  | 'no such tag'

/** A look-up that failed; its wording depends on the operation. */
export interface NotFound {
  registry: EmbeddedRegistry | undefined
  problem: LookupProblem
}

/** The registries of one engine, which change while it runs. The objects that they were made of stay as they are. */
export class SimulatedRegistries {
  readonly #byHost: ReadonlyMap<string, EmbeddedRegistry>
  /** The content that tags named before they were moved: a registry still gives it by its digest. */
  readonly #untagged: { registry: EmbeddedRegistry; path: string; content: EmbeddedPlugin }[] = []

  constructor(registries: Registries) {
    const copies = Object.entries(registries).map(
      ([host, registry]) => [host, { ...registry }] as const,
    )
    this.#byHost = new Map(copies)
  }

  lookUp(reference: PluginReference, credentials: Credentials): Found | NotFound {
    const { domain, path, tag, digest } = reference
    const reached = this.#reach(domain)
    if ('problem' in reached) return reached
    const { registry } = reached
    const admission = admit(registry.auth, path, credentials)
    if (admission !== 'admitted') return { registry, problem: admission }
    const tags = tagsOf(registry, path)
    if (!tags) return { registry, problem: 'no such repository' }
    const untagged = this.#untagged.filter((one) => one.registry === registry && one.path === path)
    const content =
      digest === undefined
        ? new Map(Object.entries(tags)).get(String(tag))
        : [...Object.values(tags), ...untagged.map((one) => one.content)].find(
            (held) => held.digest === digest,
          )
    return content ? { registry, content } : { registry, problem: 'no such tag' }
  }

  /** Why a registry does not let an account in, if so; no repository has the empty name. */
  refuseLogin(domain: string, credentials: Credentials): NotFound | undefined {
    const reached = this.#reach(domain)
    if ('problem' in reached) return reached
    const { registry } = reached
    const problem = admit(registry.auth, '', credentials)
    return problem === 'admitted' ? undefined : { registry, problem }
  }

  #reach(domain: string): { registry: EmbeddedRegistry } | NotFound {
    const registry = this.#byHost.get(domain)
    if (!registry) {
      return { registry, problem: isAddress(domain) ? 'connection refused' : 'no such host' }
    }
    return registry.reachable === false ? { registry, problem: 'connection refused' } : { registry }
  }

  /** Has a tag name this content, whether or not it named another one before. */
  publish(remote: string, content: EmbeddedPlugin): void {
    const { domain, path, tag, digest } = parseRemote(remote)
    if (digest !== undefined || tag === undefined) {
      throw new Error(`A tag is published, and ${remote} names a digest.`)
    }
    const registry = this.#find(domain)
    const tags = tagsOf(registry, path) ?? {}
    const before = new Map(Object.entries(tags)).get(tag)
    if (before) this.#untagged.push({ registry, path, content: before })
    registry.repositories = { ...registry.repositories, [path]: { ...tags, [tag]: content } }
  }

  /** Takes effect at once, for downloads that are under way as well. */
  change(host: string, changes: Partial<EmbeddedRegistry>): void {
    Object.assign(this.#find(host), changes)
  }

  #find(host: string): EmbeddedRegistry {
    const registry = this.#byHost.get(host)
    if (registry) return registry
    const known = [...this.#byHost.keys()].join(', ')
    throw new Error(`The embedded engine has no registry ${host}, only: ${known}.`)
  }
}

function tagsOf({ repositories }: EmbeddedRegistry, path: string) {
  return Object.hasOwn(repositories, path) ? repositories[path] : undefined
}

/** The fields of `X-Registry-Auth` that count. */
export interface Credentials {
  username?: string
  password?: string
  identitytoken?: string
}

type Admission = 'admitted' | 'no credentials' | 'wrong credentials'

/**
 * Base64url with padding of a JSON object. An engine silently takes anything else for no credentials
 * (`privileges.auth-*`).
 */
export function decodeRegistryAuth(header: string | undefined): Credentials {
  if (header === undefined || !/^[\w-]+={0,2}$/.test(header) || header.length % 4 !== 0) return {}
  try {
    const binary = atob(header.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return readCredentials(JSON.parse(new TextDecoder().decode(bytes))) ?? {}
  } catch {
    return {}
  }
}

/** Absent when a field has the wrong type, which Go's decoder refuses. */
export function readCredentials(value: unknown): Credentials | undefined {
  const { username, password, identitytoken } = Object(value)
  const isRead = [username, password, identitytoken].every(
    (field) => !field || typeof field === 'string',
  )
  return isRead ? { username, password, identitytoken } : undefined
}

function admit(
  access: RegistryAccess | undefined,
  repository: string,
  { username, password, identitytoken }: Credentials,
): Admission {
  if (!access || access.publicRepositories?.includes(repository)) return 'admitted'
  const { kind, accounts, identityTokens = [] } = access
  // A token counts before a password (`privileges.token-identitytoken-and-password`).
  if (kind === 'token' && identitytoken) {
    return identityTokens.includes(identitytoken) ? 'admitted' : 'wrong credentials'
  }
  if (!username) return 'no credentials'
  const known = Object.hasOwn(accounts, username)
  return known && accounts[username] === password ? 'admitted' : 'wrong credentials'
}

/** The reference with `:latest` filled in, or the engine's refusal. */
export function parseRemote(text: string, status = 500): PluginReference {
  const reference = parseReference(text)
  if (typeof reference === 'string') throw new ApiError(status, goReferenceError(text, reference))
  const { domain, path, tag, digest } = reference
  return digest === undefined ? { domain, path, tag: tag ?? 'latest' } : reference
}

/** True for a domain that needs no name server. */
export function isAddress(domain: string): boolean {
  return /^(\d+\.\d+\.\d+\.\d+|\[.*\]|localhost)(:\d+)?$/.test(domain)
}

function goReferenceError(text: string, reason: string): string {
  if (reason.includes('64 hexadecimal digits')) {
    return `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`
  }
  if (reason.includes('must be lower case')) {
    return 'invalid reference format: repository name must be lowercase'
  }
  if (reason.includes('longer than')) {
    return 'repository name must not be more than 255 characters'
  }
  return 'invalid reference format'
}
