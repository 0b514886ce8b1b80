import { element } from '../../viewer/element.ts'
import { viewOf } from '../../viewer/machineViews.ts'
import { style } from '../../viewer/style.ts'
import type { ShownPlan } from '../shownPlan.ts'
import { byId } from './dom.ts'

const ANSWERS: Readonly<Record<ShownPlan['answer'], string>> = {
  nothing: 'Nothing is asked for.',
  granted: 'The policy grants it.',
  denied: 'It would be denied',
  asked: 'You would be asked.',
}

/** Shows what a flow would do, as the element shows its question; `undefined` removes it. */
export function showPlan(plan: ShownPlan | undefined): void {
  const root = styledRoot(byId('plan', HTMLElement))
  if (!plan) return
  const { machine, request, answer, reason, present, requests, unknown = [] } = plan
  const { about, parts } = viewOf({ machine }).question(request, undefined)
  const heading = element('h2', { tabindex: -1 }, 'Dry run: nothing was changed')
  const why = answer === 'denied' ? `: ${reason ?? 'the policy denies it'}.` : ''
  root.append(
    element(
      'section',
      { class: 'panel', 'aria-label': 'Dry run' },
      heading,
      element('p', {}, ...about),
      ...parts,
      element('h3', {}, 'Consent'),
      element(
        'p',
        {},
        present ? 'It is there already, and stays as it is.' : ANSWERS[answer] + why,
      ),
      ...listed('Requests that change the engine', requests),
      ...listed('Known only later', unknown),
    ),
  )
  heading.focus()
}

/** An empty place in which parts of the element look as in the element. */
export function styledRoot(place: HTMLElement): ShadowRoot {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(style)
  root.adoptedStyleSheets = [sheet]
  root.replaceChildren()
  return root
}

function listed(title: string, texts: readonly string[]): HTMLElement[] {
  if (texts.length === 0) return []
  const items = texts.map((text) => element('li', {}, text))
  return [element('h3', {}, title), element('ul', { class: 'fates' }, items)]
}
