import { defined } from './defined.ts'
import { EngineError } from './errors.ts'
import type { Plugin } from './plugin.ts'

/** A plugin reference, taken apart as the engine does (distribution's reference grammar). */
export interface PluginReference {
  /** Registry host with its port, `docker.io` when none is named. */
  domain: string
  /** Repository below the domain, `library/…` filled in for `docker.io`. */
  path: string
  tag?: string
  digest?: string
}

const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-fA-F]{64}|sha384:[0-9a-fA-F]{96}|sha512:[0-9a-fA-F]{128})$/
const MAX_NAME = 255

/**
 * Takes a reference apart, or says in one sentence what is wrong with it.
 * The rules are those of Docker's own command and engine, compared with it reference by reference.
 */
export function parseReference(text: string): PluginReference | string {
  if (/^[a-f0-9]{64}$/.test(text)) return 'it is 64 hexadecimal digits, which is an id and no name'
  const [beforeDigest = '', digest, ...more] = text.split('@')
  if (more.length > 0) return 'it has more than one @'
  if (digest !== undefined && !isDigest(digest)) return `"${digest}" is not a digest (sha256:…)`
  const { domain, rest } = splitDomain(beforeDigest)
  const colon = rest.indexOf(':')
  const path = colon === -1 ? rest : rest.slice(0, colon)
  const tag = colon === -1 ? undefined : rest.slice(colon + 1)
  if (path === '') return 'it names no repository'
  // First, as the patterns call themselves for each part of what they match.
  if (`${domain}/${path}`.length > MAX_NAME) return `its name is longer than ${MAX_NAME} characters`
  if (path !== path.toLowerCase()) return 'a repository name must be lower case'
  if (!DOMAIN.test(domain)) return `"${domain}" is not a registry host`
  if (!PATH.test(path)) return `"${path}" is not a repository name`
  if (tag !== undefined && !TAG.test(tag)) return `"${tag}" is not a tag`
  return defined({ domain, path, tag, digest })
}

/** The name as people write it: without `docker.io/` and `library/`. `:latest` is filled in. */
export function familiarName(reference: PluginReference): string {
  const { tag, digest } = reference
  const suffix = tag === undefined && digest === undefined ? ':latest' : tag ? `:${tag}` : ''
  return `${familiarRepository(reference)}${suffix}${digest ? `@${digest}` : ''}`
}

/** The whole name, as sent to an engine: `docker.io/vieux/sshfs`. A missing tag stays missing. */
export function canonicalName({ domain, path, tag, digest }: PluginReference): string {
  return `${domain}/${path}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`
}

/**
 * The local name a pull of `reference` gets without an alias: the familiar name and its tag. A
 * reference with only a digest has the tag `latest` (Engine API, `POST /plugins/pull`).
 */
export function localName(reference: PluginReference): string {
  return `${familiarRepository(reference)}:${reference.tag ?? 'latest'}`
}

/** A reference as people write it; one that is invalid as it is. */
export function familiar(reference: string): string {
  const parsed = parseReference(reference)
  return typeof parsed === 'string' ? reference : familiarName(parsed)
}

/** The names that a plugin has at its registry and on an engine. */
export interface PluginNames {
  /** The whole reference that is sent to the engine. */
  remote: string
  /** The local name of the plugin. */
  name: string
  /** Registry host. */
  registry: string
}

/** The names of an install, or what is wrong with the reference or the alias. */
export function resolveNames(request: {
  reference: string
  alias?: string
}): PluginNames | EngineError {
  const { reference, alias } = request
  const remote = parseReference(reference)
  if (typeof remote === 'string') return invalid(reference, 'a plugin reference', remote)
  const local = alias === undefined ? remote : parseReference(alias)
  if (typeof local === 'string') return invalid(alias, 'an alias', local)
  if (alias !== undefined && local.digest) return invalid(alias, 'an alias', 'it has a digest')
  const tagged = (remote.tag ?? remote.digest) ? remote : { ...remote, tag: 'latest' }
  return { remote: canonicalName(tagged), name: localName(local), registry: remote.domain }
}

function invalid(text: string | undefined, what: string, why: string): EngineError {
  return new EngineError('invalid-reference', `"${text}" is not ${what}: ${why}`)
}

/** Whether a plugin came from this reference; a digest shows in no `PluginReference`. */
export function isPulledFrom(plugin: Pick<Plugin, 'PluginReference'>, remote: string): boolean {
  const [have, want] = [parseReference(plugin.PluginReference), parseReference(remote)]
  if (typeof have === 'string' || typeof want === 'string') return false
  const comparable = ({ domain, path, tag }: typeof have) =>
    canonicalName({ domain, path, ...(want.digest ? {} : { tag: tag ?? 'latest' }) })
  return comparable(have) === comparable(want)
}

function familiarRepository({ domain, path }: PluginReference): string {
  if (domain !== 'docker.io') return `${domain}/${path}`
  const single = path.startsWith('library/') && !path.slice('library/'.length).includes('/')
  return single ? path.slice('library/'.length) : path
}

function splitDomain(name: string): { domain: string; rest: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const domain = isHost ? first : 'docker.io'
  const rest = isHost ? name.slice(slash + 1) : name
  if (domain !== 'docker.io' && domain !== 'index.docker.io') return { domain, rest }
  return { domain: 'docker.io', rest: rest === '' || rest.includes('/') ? rest : `library/${rest}` }
}

export function isDigest(digest: string): boolean {
  return DIGEST.test(digest)
}
