import type { RegistryAccess } from './definePlugin.ts'

/** What a client hands on to a registry in `X-Registry-Auth`. */
export interface Credentials {
  username?: unknown
  password?: unknown
  identitytoken?: unknown
}

export type Admission = 'admitted' | 'no credentials' | 'wrong credentials'

/**
 * Base64url with padding of a JSON object. Everything else is no credentials, silently
 * (`privileges.auth-*`).
 */
export function decodeRegistryAuth(header: string | undefined): Credentials {
  if (header === undefined || !/^[\w-]+={0,2}$/.test(header) || header.length % 4 !== 0) return {}
  try {
    return Object(JSON.parse(Buffer.from(header, 'base64url').toString()))
  } catch {
    return {}
  }
}

export function admit(
  access: RegistryAccess | undefined,
  repository: string,
  { username, password, identitytoken }: Credentials,
): Admission {
  if (!access || access.publicRepositories?.includes(repository)) return 'admitted'
  const { kind, accounts, identityTokens = [] } = access
  // A token counts before a password (`privileges.token-identitytoken-and-password`).
  if (kind === 'token' && identitytoken) {
    return identityTokens.includes(String(identitytoken)) ? 'admitted' : 'wrong credentials'
  }
  if (!username) return 'no credentials'
  const known = Object.hasOwn(accounts, String(username))
  return known && accounts[String(username)] === password ? 'admitted' : 'wrong credentials'
}
