import { EngineError } from '../../machines/errors.ts'

/** Credentials as a registry takes them. An identity token replaces the password. */
export type RegistryCredentials =
  | { username: string; password: string }
  | { identitytoken: string; username?: string }
  | { registrytoken: string }

/**
 * Picks the fields that are credentials, in the order in which an engine prefers them.
 *
 * @throws EngineError `host-failed`, which quotes nothing of what was given
 */
export function readCredentials(given: unknown, from: string): RegistryCredentials {
  const fields = (given ?? {}) as Record<string, unknown>
  const { username, password, identitytoken, registrytoken } = fields
  if (isFilled(registrytoken)) return { registrytoken }
  if (isFilled(identitytoken)) {
    return { identitytoken, ...(isFilled(username) ? { username } : {}) }
  }
  if (isFilled(username) && typeof password === 'string') return { username, password }
  throw new EngineError(
    'host-failed',
    `${from} returned something other than a username and a password, an identitytoken or a registrytoken`,
  )
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/**
 * The value of `X-Registry-Auth`: base64url with padding of the JSON auth config. An engine silently
 * takes any other alphabet, and a missing padding, for no credentials (recordings
 * `privileges.auth-*`).
 */
export function authHeader(credentials: RegistryCredentials, registry: string): string {
  const config = { ...credentials, serveraddress: registry }
  const encoded = base64(new TextEncoder().encode(JSON.stringify(config)))
  return encoded.replaceAll('+', '-').replaceAll('/', '_')
}

/** Docker's name for Docker Hub in configs and auth configs, since the days of its first API. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

/** The key that Docker keeps a registry's credentials under. `registry` is a host, as in a reference. */
export function registryKey(registry: string): string {
  return registry === 'docker.io' || registry === 'index.docker.io' ? DOCKER_HUB : registry
}

/** The host in a key, which may have a scheme and a path: `https://example.org/v1/` → `example.org`. */
export function keyHost(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return host === 'index.docker.io' ? 'docker.io' : host
}

/** The key of a registry in a record: Docker's own form, else the first one with the same host. */
export function findRegistry(
  record: Readonly<Record<string, unknown>>,
  registry: string,
): string | undefined {
  const key = registryKey(registry)
  if (Object.hasOwn(record, key)) return key
  return Object.keys(record).find((each) => keyHost(each) === keyHost(registry))
}

/** The standard alphabet, with padding. Of the platform's own means those that every platform has. */
export function base64(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
