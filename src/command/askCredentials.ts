import type { CredentialsSource } from '../../adapters/docker/registryAuth.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import { visible } from '../text/visible.ts'
import type { Prompt } from './prompt.ts'
import type { View } from './view.ts'

/**
 * Asks whoever sits at the terminal for the credentials of a registry. Where nobody does there are
 * none: what comes down a pipe is no answer to this. An empty answer gives up.
 *
 * @param username who logs in, where that was told: then only the password is asked for
 */
export function askCredentials(
  prompt: Prompt,
  view: View,
  username: string | undefined,
): CredentialsSource {
  let last = ''
  return async (request, signal) => {
    if (!prompt.hasTerminal) return undefined
    view.asking(request)
    const asked = username ?? (await prompt.askText(usernameQuestion(request, last), signal))
    const name = asked?.trim() || last
    if (asked === undefined || name === '') return undefined
    last = name
    const question = username === undefined ? '' : introduction(request)
    const password = await prompt.askText(
      `${question}Password for ${visible(name)}: `,
      signal,
      'hidden',
    )
    return password ? { username: name, password } : undefined
  }
}

function usernameQuestion(request: CredentialsRequest, last: string): string {
  return `${introduction(request)}Username${last === '' ? '' : ` (${visible(last)})`}: `
}

function introduction({ registry, reason }: CredentialsRequest): string {
  return reason === 'missing'
    ? `The registry ${visible(registry)} wants credentials. They are for this run and kept nowhere.\n`
    : `The registry ${visible(registry)} did not accept the credentials.\n`
}
