import type { OptionTable, OptionValues } from './commandEntry.ts'
import { UsageError } from './usageError.ts'

/** How credentials are handed to one run. */
export const loginOptions = {
  username: {
    type: 'string',
    short: 'u',
    value: 'NAME',
    help: 'User at the registry, for this run only; the password is asked for on the terminal when the registry wants one',
  },
  'password-stdin': {
    type: 'boolean',
    help: 'Take the password of --username from the first line of stdin; consent must come from an option then',
  },
} as const satisfies OptionTable

/** Who logs in to the registry, for one run. */
export interface Login {
  username: string
  /** The password is the first line of the standard input. */
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
