import type { ShownConsentRequest } from '../../events/flowEvent.ts'
import { element } from '../../viewer/element.ts'
import { viewOf } from '../../viewer/machineViews.ts'
import { createConsentView } from '../../viewer/questions.ts'
import { byId } from './dom.ts'
import { styledRoot } from './planView.ts'

let shown = ''

/**
 * Asks for the one consent to a rollout as the element asks for one; `undefined` removes the question.
 *
 * @param about what is done, and on how many targets
 */
export function showRolloutConsent(
  about: string,
  request: ShownConsentRequest | undefined,
  answer: (order: 'grant' | 'deny') => void,
): void {
  const now = JSON.stringify(request) ?? ''
  if (now === shown) return
  shown = now
  const root = styledRoot(byId('rollout-consent', HTMLElement))
  if (!request) return
  const question = viewOf({ machine: 'pluginInstall' }).question(request, undefined)
  const asked = {
    ...question,
    title: 'Carry this out on all targets?',
    about: [element('strong', {}, about), ', with what you grant here.'],
  }
  const { node } = createConsentView(asked, request, {
    grant: () => answer('grant'),
    deny: () => answer('deny'),
    authenticate: () => {},
    cancel: () => {},
  })
  root.append(node)
}
