import { EngineError } from '../../machines/errors.ts'
import type { RegistryCredentials } from './authHeader.ts'

/**
 * Takes from what a host handed over the fields that are credentials, in the order in which an engine
 * prefers them.
 *
 * @throws EngineError `host-failed`, without a word of what was handed over
 */
export function readCredentials(given: unknown, from: string): RegistryCredentials {
  const { username, password, identitytoken, registrytoken } = (given ?? {}) as Fields
  if (isFilled(registrytoken)) return { registrytoken }
  if (isFilled(identitytoken)) {
    return { identitytoken, ...(isFilled(username) ? { username } : {}) }
  }
  if (isFilled(username) && typeof password === 'string') return { username, password }
  throw new EngineError(
    'host-failed',
    `${from} gave something else than a username and a password, an identitytoken or a registrytoken`,
  )
}

type Fields = Record<string, unknown>

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
