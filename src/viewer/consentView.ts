import type { ShownConsentRequest } from '../events/flowEvent.ts'
import { button, element } from './element.ts'
import { type Explanation, explainPrivileges, explainSetting } from './explainPrivilege.ts'

interface Answers {
  grant(request: ShownConsentRequest): void
  deny(request: ShownConsentRequest): void
}

/** What is asked for, what it means for the host, and the two answers. */
export function createConsentView(request: ShownConsentRequest, answers: Answers) {
  const widening = request.settings.filter(({ widens }) => widens)
  const other = request.settings.filter(({ widens }) => !widens)
  const explained = [
    ...widening.map(({ setting }) => explainSetting(setting)),
    ...explainPrivileges(request.privileges),
  ]
  const isCritical = explained.some(({ danger }) => danger === 'critical')
  const heading = element('h3', { id: 'consent-title', tabindex: -1 }, 'Grant these privileges?')
  const deny = button('Deny', { class: 'quiet' }, () => answers.deny(request))
  const grant = button(
    isCritical ? 'Grant, I trust it with this host' : 'Grant',
    { class: isCritical ? 'danger' : 'primary' },
    () => answers.grant(request),
  )
  const node = element(
    'section',
    {
      class: 'ask panel',
      role: 'dialog',
      'aria-labelledby': 'consent-title',
      'aria-describedby': 'consent-about',
    },
    heading,
    element(
      'p',
      { id: 'consent-about' },
      element('strong', {}, request.name),
      ' will run on the host with what you grant here. The engine itself asks nobody.',
    ),
    ...(request.id > 1
      ? [element('p', { class: 'changed' }, 'It asks for other privileges than a moment ago.')]
      : []),
    element('ul', { class: 'privileges' }, ...explained.map(privilege)),
    ...(other.length > 0
      ? [
          element(
            'p',
            { class: 'facts' },
            'Settings: ',
            ...listed(other.map(({ setting }) => setting)),
          ),
        ]
      : []),
    ...(request.digest
      ? [element('p', { class: 'facts' }, 'Content: ', element('code', {}, request.digest))]
      : []),
    element('div', { class: 'buttons' }, deny, grant),
  )
  return { node, heading, controls: [deny, grant] }
}

function privilege({ danger, title, value, sentence }: Explanation): HTMLElement {
  return element(
    'li',
    { class: `privilege ${danger}` },
    element(
      'div',
      { class: 'line' },
      element('strong', {}, title),
      element('span', { class: 'badge' }, danger),
    ),
    ...(value === '' ? [] : [element('code', {}, value)]),
    element('p', {}, sentence),
  )
}

function listed(texts: readonly string[]): (Node | string)[] {
  return texts.flatMap((text, index) => [...(index > 0 ? [', '] : []), element('code', {}, text)])
}
