import type { RegistryCredentials } from '../../../adapters/docker/registryCredentials.ts'
import { EngineError } from '../../../machines/errors.ts'
import { type OptionValues, optionGroup } from '../defineCommand.ts'
import type { Prompt } from '../install/prompt.ts'
import { UsageError } from '../parseOptions.ts'

/** The options that hand credentials to one run. */
export const loginOptions = optionGroup('Registry', {
  username: {
    type: 'string',
    short: 'u',
    value: 'NAME',
    help: 'User at the registry, for this run only; the terminal asks for the password when the registry requires it',
  },
  'password-stdin': {
    type: 'boolean',
    help: 'Read the password of --username from the first line of stdin; consent must then come from an option',
  },
})

/** The login to the registry, for one run. */
export interface Login {
  username: string
  /** The password is the first line of standard input. */
  passwordStdin: boolean
}

/** @throws UsageError */
export function readLoginOptions(values: OptionValues<typeof loginOptions>): { login?: Login } {
  const { username, 'password-stdin': passwordStdin = false } = values
  if (username === undefined) {
    if (passwordStdin) throw new UsageError('--password-stdin needs --username')
    return {}
  }
  if (username === '') throw new UsageError('--username needs a name')
  return { login: { username, passwordStdin } }
}

/**
 * The credentials of this run. `undefined`: the password is asked for when the registry requires one.
 *
 * @throws EngineError `invalid-option` without a password or a terminal to ask for it
 */
export async function readLogin(
  { username, passwordStdin }: Login,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<RegistryCredentials | undefined> {
  if (!passwordStdin) {
    if (prompt.hasTerminal) return undefined
    throw noPassword('--username needs --password-stdin where there is no terminal')
  }
  const line = prompt.hasTerminal
    ? await prompt.askText('Password: ', signal, 'hidden')
    : await prompt.takeLine(signal)
  const password = line?.replace(/\r$/, '')
  if (password) return { username, password }
  // The cancellation is reported already.
  if (signal.aborted) return undefined
  throw noPassword('--password-stdin: there is no password on standard input')
}

function noPassword(message: string): EngineError {
  return new EngineError('invalid-option', message)
}
