import type { RegistryCredentials } from './authHeader.ts'
import { asFields, type ConfigSource, type Fields, fieldsIn, unusable } from './configSource.ts'
import { readCredentials } from './readCredentials.ts'
import { findRegistry } from './registryKey.ts'

/** What a configuration's `auths` have for a registry. */
export interface AuthEntry {
  /** The entry's own key. */
  key: string
  /** `undefined`: the entry is empty, as Docker leaves it where a helper keeps the credentials. */
  credentials: RegistryCredentials | undefined
}

/**
 * Finds the entry of a registry; `undefined` where there is none. Entries of other registries are not
 * looked at.
 *
 * @throws EngineError `invalid-configuration`, without a word of what is in the entry
 */
export function findAuthEntry(source: ConfigSource, registry: string): AuthEntry | undefined {
  const auths = fieldsIn(source, 'auths')
  const key = findRegistry(auths, registry)
  if (key === undefined) return undefined
  const entry = asFields(auths[key] ?? {}, source.name, JSON.stringify(key))
  return { key, credentials: entryCredentials(entry, key, source.name) }
}

function entryCredentials(
  entry: Fields,
  key: string,
  name: string,
): RegistryCredentials | undefined {
  const { auth } = entry
  const login = typeof auth === 'string' && auth !== '' ? decodeAuth(auth, key, name) : {}
  const given: Fields = { ...entry, ...login }
  const fields = ['username', 'password', 'identitytoken', 'registrytoken'] as const
  if (fields.every((field) => !given[field])) return undefined
  try {
    return readCredentials(given, '')
  } catch {
    throw unusable(name, `has no usable credentials for ${JSON.stringify(key)}`)
  }
}

/** `auth` is base64 of `username:password`; Docker itself cuts NUL characters off the password. */
function decodeAuth(
  auth: string,
  key: string,
  name: string,
): { username: string; password: string } {
  const decoded = Buffer.from(auth, 'base64').toString('utf8')
  const colon = decoded.indexOf(':')
  if (colon < 1) throw unusable(name, `has no username:password in auth of ${JSON.stringify(key)}`)
  const password = decoded.slice(colon + 1).replace(/^\0+|\0+$/g, '')
  return { username: decoded.slice(0, colon), password }
}
