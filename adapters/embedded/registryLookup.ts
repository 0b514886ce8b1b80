import { type PluginReference, parseReference } from '../../machines/reference.ts'
import { ApiError } from './apiError.ts'
import type { EmbeddedPlugin, EmbeddedRegistry } from './definePlugin.ts'
import { admit, type Credentials } from './registryAccess.ts'

export type Registries = Readonly<Record<string, EmbeddedRegistry>>

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

/** A look-up that failed; its wording depends on who asked. */
export interface NotFound {
  registry: EmbeddedRegistry | undefined
  problem: LookupProblem
}

export function lookUp(
  registries: Registries,
  reference: PluginReference,
  credentials: Credentials,
): Found | NotFound {
  const { domain, path, tag, digest } = reference
  const registry = Object.hasOwn(registries, domain) ? registries[domain] : undefined
  if (!registry) {
    return { registry, problem: isAddress(domain) ? 'connection refused' : 'no such host' }
  }
  if (registry.reachable === false) return { registry, problem: 'connection refused' }
  const admission = admit(registry.auth, path, credentials)
  if (admission !== 'admitted') return { registry, problem: admission }
  const tags = Object.hasOwn(registry.repositories, path) ? registry.repositories[path] : undefined
  if (!tags) return { registry, problem: 'no such repository' }
  const content = Object.entries(tags).find(([name, held]) =>
    digest === undefined ? name === tag : held.digest === digest,
  )?.[1]
  return content ? { registry, content } : { registry, problem: 'no such tag' }
}

/** The reference with `:latest` filled in, or the engine's refusal. */
export function parseRemote(text: string, status = 500): PluginReference {
  const reference = parseReference(text)
  if (typeof reference === 'string') throw new ApiError(status, goReferenceError(text, reference))
  const { domain, path, tag, digest } = reference
  return digest === undefined ? { domain, path, tag: tag ?? 'latest' } : reference
}

/** Whether a domain needs no name server. */
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
