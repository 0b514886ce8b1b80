import type { RegistryCredentials } from '../../adapters/docker/registryCredentials.ts'
import { EngineError } from '../../machines/errors.ts'
import type { Engine } from '../flow/types.ts'
import type { Login } from './loginOptions.ts'
import type { Prompt } from './prompt.ts'

/**
 * The credentials that this one run was given. `undefined`: none, or they are to be asked for.
 *
 * @throws EngineError `invalid-option` where there is no password, and nobody to ask for it
 */
export async function readLogin(
  login: Login | undefined,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  if (!login) return undefined
  const { username, passwordStdin } = login
  if (!passwordStdin) {
    if (prompt.hasTerminal) return undefined
    throw noPassword('--username needs --password-stdin where there is no terminal')
  }
  const line = prompt.hasTerminal
    ? await prompt.askText('Password: ', signal, 'hidden')
    : await prompt.takeLine(signal)
  const password = line?.replace(/\r$/, '')
  if (password) return { username, password }
  // Who has cancelled hears of that.
  if (signal.aborted) return undefined
  throw noPassword('--password-stdin: there is no password on the standard input')
}

function noPassword(message: string): EngineError {
  return new EngineError('invalid-option', message)
}

/** An engine for which these credentials, and no others, are configured. */
export function withLogin<Used extends Engine>(
  engine: Used,
  credentials: RegistryCredentials | undefined,
): Used {
  return { ...engine, configured: async () => credentials }
}
