import { base64 } from '../engine/words/base64.ts'

/** What a registry is shown. An identity token stands in for the password. */
export type RegistryCredentials =
  | { username: string; password: string }
  | { identitytoken: string; username?: string }
  | { registrytoken: string }

/**
 * The value of `X-Registry-Auth`: base64url with padding of the JSON auth config. An engine takes any
 * other alphabet, and a missing padding, for no credentials, and does not say so (recordings
 * `privileges.auth-*`).
 */
export function authHeader(credentials: RegistryCredentials, registry: string): string {
  const config = { ...secretFields(credentials), serveraddress: registry }
  const encoded = base64(new TextEncoder().encode(JSON.stringify(config)))
  return encoded.replaceAll('+', '-').replaceAll('/', '_')
}

/** Only the fields that are known: a source may hand over an object with more in it. */
function secretFields(credentials: RegistryCredentials): Record<string, string> {
  if ('registrytoken' in credentials) return { registrytoken: credentials.registrytoken }
  if ('identitytoken' in credentials) {
    const { identitytoken, username } = credentials
    return { ...(username === undefined ? {} : { username }), identitytoken }
  }
  return { username: credentials.username, password: credentials.password }
}
