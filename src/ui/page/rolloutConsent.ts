import type { ShownConsentRequest } from '../../events/flowEvent.ts'
import { viewOf } from '../../viewer/machineViews.ts'
import { createConsentView } from '../../viewer/questions.ts'
import { byId } from './dom.ts'
import { styledRoot } from './planView.ts'

let shown = ''

/** Asks for the one consent to a rollout as the element asks for one; `undefined` removes the question. */
export function showRolloutConsent(
  request: ShownConsentRequest | undefined,
  answer: (order: 'grant' | 'deny') => void,
): void {
  const now = JSON.stringify(request) ?? ''
  if (now === shown) return
  shown = now
  const root = styledRoot(byId('rollout-consent', HTMLElement))
  if (!request) return
  const asked = viewOf({ machine: 'pluginInstall' }).question(request, undefined)
  const { node } = createConsentView(asked, request, {
    grant: () => answer('grant'),
    deny: () => answer('deny'),
    authenticate: () => {},
    cancel: () => {},
  })
  root.append(node)
}
