import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import type { PluginInstall } from '../types.ts'
import { consentQuestion, type Prompt } from './prompt.ts'
import type { View } from './view.ts'

const DENIALS = {
  denied: 'the answer was not y',
  ended: 'nobody answered; --grant-all-permissions grants them unseen',
}

/**
 * Puts the flow's questions to whoever sits at `stdin`. When the flow stops waiting, so does the
 * question, before anybody else hears of the transition that subscribes later.
 */
export function answerConsent(flow: PluginInstall, prompt: Prompt, view: View): void {
  let asked: AbortController | undefined
  flow.transition$.subscribe(({ to }) => {
    if (to !== 'awaitConsent') asked?.abort()
  })
  flow.consent$.subscribe((request) => {
    asked = new AbortController()
    void ask(request, asked.signal)
  })

  async function ask(request: ConsentRequest, signal: AbortSignal): Promise<void> {
    view.asking(request)
    const answer = await prompt.ask(consentQuestion(request), signal)
    if (answer === 'granted') flow.grant(request)
    else if (answer !== 'cancelled') flow.deny(DENIALS[answer], request)
  }
}
