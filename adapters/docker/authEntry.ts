import {
  asFields,
  type ConfigSource,
  type Fields,
  fieldOf,
  fieldsIn,
  unusable,
} from './configFile.ts'
import { findRegistry, type RegistryCredentials, readCredentials } from './registryCredentials.ts'

/** The entry of a registry in a configuration's `auths`. */
export interface AuthEntry {
  /** The entry's own key. */
  key: string
  /** `undefined` for an empty entry, as Docker leaves it where a helper keeps the credentials. */
  credentials: RegistryCredentials | undefined
}

/**
 * Finds the entry of a registry; `undefined` if it is missing. Entries of other registries are not read.
 *
 * @throws EngineError `invalid-configuration`, which quotes nothing of the entry
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
  const named = ['username', 'password', 'identitytoken', 'registrytoken'] as const
  const auth = fieldOf(entry, 'auth')
  if (auth !== undefined && auth !== null && typeof auth !== 'string') {
    throw unusable(name, `has an auth of ${JSON.stringify(key)} that is not a string`)
  }
  const login = auth ? decodeAuth(auth, key, name) : {}
  const fields = Object.fromEntries(named.map((field) => [field, fieldOf(entry, field)]))
  const given: Fields = { ...fields, ...login }
  if (named.every((field) => !given[field])) return undefined
  try {
    return readCredentials(given, '')
  } catch {
    throw unusable(name, `has no usable credentials for ${JSON.stringify(key)}`)
  }
}

/** `auth` is base64 of `username:password`; like Docker, it cuts NUL characters off the password. */
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
