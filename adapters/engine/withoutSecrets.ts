const SECRET_FIELDS = ['password', 'identitytoken', 'registrytoken', 'auth']
/** A shorter secret cannot be told from ordinary words. */
const MIN_LENGTH = 4

/**
 * Takes what was sent in `X-Registry-Auth` out of words that came back: an engine, a proxy or a
 * registry may quote it, and an error is shown and logged.
 */
export function withoutSecrets(words: string, registryAuth: string | undefined): string {
  if (registryAuth === undefined) return words
  return secretsIn(registryAuth).reduce((text, secret) => text.replaceAll(secret, '…'), words)
}

/** The header as it is, without its padding, and the secret fields in it. */
function secretsIn(registryAuth: string): string[] {
  const secrets = [registryAuth, registryAuth.replace(/=+$/, '')]
  try {
    const config: unknown = JSON.parse(Buffer.from(registryAuth, 'base64url').toString('utf8'))
    for (const field of SECRET_FIELDS) {
      const value: unknown = (config as Record<string, unknown> | null)?.[field]
      if (typeof value === 'string') secrets.push(value, JSON.stringify(value).slice(1, -1))
    }
  } catch {
    // Not JSON: there is nothing inside it to look for.
  }
  return secrets.filter((secret) => secret.length >= MIN_LENGTH)
}
