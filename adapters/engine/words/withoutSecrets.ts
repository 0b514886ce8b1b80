import { anyOf, SHORTEST_SECRET, secretForms } from './secretForms.ts'

const SECRET_FIELDS = ['password', 'identitytoken', 'registrytoken', 'auth']
/** In names and paths, which decide, a secret that is as short as they are is left. */
const SHORTEST_IN_DATA = 12

/**
 * Takes what was sent in `X-Registry-Auth`, and other secrets that were, out of what came back: an
 * engine, a proxy or a registry may quote it, and what it says is shown and logged.
 */
export interface Cleaner {
  /** Words for people. */
  words(text: string): string
  /** Every text in a value that is acted on, such as a list of privileges. */
  data<Value>(value: Value): Value
}

/** @param registryAuths values of `X-Registry-Auth` */
export function cleanerOf(registryAuths: readonly string[], others: readonly string[]): Cleaner {
  const forms = [...registryAuths.flatMap(secretsIn), ...others.flatMap(secretForms)]
  return cleanerOfForms(forms)
}

/** @param forms all of how secrets may be written */
export function cleanerOfForms(forms: readonly string[]): Cleaner {
  const inWords = anyOf(forms)
  const inData = anyOf(forms.filter(({ length }) => length >= SHORTEST_IN_DATA))
  return {
    words: (text) => (inWords ? text.replace(inWords, '…') : text),
    data: (value) => (inData && isIn(value, inData) ? withoutIn(value, inData) : value),
  }
}

/** There are none in nearly every line of a pull, which is passed on as it is then. */
function isIn(value: unknown, secrets: RegExp): boolean {
  if (typeof value === 'string') return value.search(secrets) !== -1
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, field]) => isIn(name, secrets) || isIn(field, secrets))
}

function withoutIn<Value>(value: Value, secrets: RegExp): Value {
  if (typeof value === 'string') return value.replace(secrets, '…') as Value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => withoutIn(item, secrets)) as Value
  const fields = Object.entries(value).map(([name, field]) => [
    withoutIn(name, secrets),
    withoutIn(field, secrets),
  ])
  return Object.fromEntries(fields) as Value
}

/** The header as it is, without its padding and in the other alphabet, and the secret fields in it. */
function secretsIn(registryAuth: string): string[] {
  const bare = registryAuth.replace(/=+$/, '')
  const secrets = [registryAuth, bare, bare.replaceAll('-', '+').replaceAll('_', '/')]
  try {
    const config: unknown = JSON.parse(Buffer.from(registryAuth, 'base64url').toString('utf8'))
    const fields = (config ?? {}) as Record<string, unknown>
    for (const field of SECRET_FIELDS) {
      const value = fields[field]
      if (typeof value === 'string' && value.length >= SHORTEST_SECRET) {
        secrets.push(...secretForms(value))
      }
    }
  } catch {
    // Not JSON: there is nothing inside it to look for.
  }
  return secrets.filter(({ length }) => length >= SHORTEST_SECRET)
}
