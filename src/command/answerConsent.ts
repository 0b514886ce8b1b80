import { userInfo } from 'node:os'
import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import type { PluginInstall } from '../flow/types.ts'
import { consentQuestion, type Prompt } from './prompt.ts'
import type { View } from './view.ts'

const DENIALS = {
  denied: 'the answer was not y',
  ended: 'nobody answered; --grant-all-permissions grants them unseen',
  taken: 'the standard input was the password; --allow or --grant-all-permissions grants them',
}

/**
 * Puts the flow's questions to whoever sits at `stdin`. A transition withdraws the question, before
 * anybody hears of it who subscribes later.
 */
export function answerConsent(flow: PluginInstall, prompt: Prompt, view: View): void {
  let asked: AbortController | undefined
  flow.transition$.subscribe(() => asked?.abort())
  flow.consent$.subscribe((request) => {
    asked = new AbortController()
    void ask(request, asked.signal)
  })

  async function ask(request: ConsentRequest, signal: AbortSignal): Promise<void> {
    view.asking(request)
    const answer = await prompt.ask(consentQuestion(request), signal)
    if (answer === 'granted') flow.grant(request, userName())
    else if (answer !== 'cancelled') flow.deny(DENIALS[answer], request)
  }
}

/** Who sits there, for the record of the consent. */
function userName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    // Not every user has an entry.
    return undefined
  }
}
