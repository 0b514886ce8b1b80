import { comparePrivileges } from '../../machines/privileges.ts'
import type { CredentialsAsked, ShownConsentRequest } from '../events/flowEvent.ts'
import { type Explanation, explainRequest } from '../privileges/explainPrivilege.ts'
import { createDifference } from './differenceView.ts'
import { button, element } from './element.ts'

/** The answers of a person, and the one action that needs no question. */
export interface Answers {
  grant(request: { id: number }): void
  deny(request: { id: number }): void
  authenticate(credentials: { username: string; password: string }): void
  cancel(): void
}

/** A question on the page. */
export interface Question {
  node: HTMLElement
  /** Takes the focus when the question comes. */
  heading: HTMLElement
  /** Disabled while no answer is possible. */
  controls: readonly (HTMLButtonElement | HTMLInputElement)[]
}

/** The consent request: what is asked for, what it means for the host, and the two answers. */
export function createConsentView(
  request: ShownConsentRequest,
  before: ShownConsentRequest | undefined,
  answers: Answers,
): Question {
  const { id, name, settings, privileges, digest } = request
  const others = settings.filter(({ widens }) => !widens).map(({ setting }) => setting)
  const widening = settings.filter(({ widens }) => widens).map(({ setting }) => setting)
  const explained = explainRequest(privileges, widening)
  const changed = before && comparePrivileges(before.privileges, privileges)
  const isCritical = explained.some(({ danger }) => danger === 'critical')
  const deny = button('Deny', { class: 'quiet' }, () => answers.deny(request))
  const grant = button(
    isCritical ? 'Grant, I trust it with this host' : 'Grant',
    { class: isCritical ? 'danger' : 'primary' },
    () => answers.grant(request),
  )
  const listed = others.flatMap((setting, index) => [
    index > 0 && ', ',
    element('code', {}, setting),
  ])
  const dialog = createDialog(
    'Grant these privileges?',
    [
      element('strong', {}, name),
      ' will run on the host with what you grant here. The engine itself does not ask.',
    ],
    id > 1 && element('p', { class: 'changed' }, 'It asks for other privileges than a moment ago.'),
    changed && createDifference(changed),
    element('ul', { class: 'privileges' }, explained.map(privilege)),
    others.length > 0 && element('p', { class: 'facts' }, 'Settings: ', listed),
    digest && element('p', { class: 'facts' }, 'Content: ', element('code', {}, digest)),
    element('div', { class: 'buttons' }, deny, grant),
  )
  return { ...dialog, controls: [deny, grant] }
}

function privilege({ danger, title, value, sentence }: Explanation): HTMLElement {
  const badge = element('span', { class: 'badge' }, danger)
  return element(
    'li',
    { class: `privilege ${danger}` },
    element('div', { class: 'line' }, element('strong', {}, title), badge),
    value !== '' && element('code', {}, value),
    element('p', {}, sentence),
  )
}

/** The form for a registry's credentials. They leave it once, and are kept nowhere. */
export function createCredentialsView(
  { registry, reason, attempt }: CredentialsAsked['request'],
  noun: string,
  answers: Answers,
): Question {
  const username = element('input', {
    id: 'username',
    name: 'username',
    autocomplete: 'username',
    autocapitalize: 'off',
    spellcheck: 'false',
    required: true,
  })
  const password = element('input', {
    id: 'password',
    name: 'password',
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  })
  const submit = element('button', { type: 'submit', class: 'primary' }, 'Log in')
  const cancel = button(`Cancel the ${noun}`, { class: 'quiet' }, () => answers.cancel())
  const form = element(
    'form',
    {},
    element('label', { for: 'username' }, 'User name'),
    username,
    element('label', { for: 'password' }, 'Password or token'),
    password,
    element('div', { class: 'buttons' }, cancel, submit),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const given = { username: username.value, password: password.value }
    password.value = ''
    answers.authenticate(given)
  })
  const isRefused = reason === 'refused'
  const why = isRefused
    ? 'The registry gives no access with these credentials.'
    : 'The registry wants credentials.'
  const which = attempt > 1 ? ` This is attempt ${attempt}.` : ''
  const dialog = createDialog(
    `Log in to ${registry}`,
    [`${why}${which} They are for this run and kept nowhere.`],
    form,
  )
  dialog.node.classList.toggle('refused', isRefused)
  return { ...dialog, controls: [cancel, submit, username, password] }
}

function createDialog(
  title: string,
  about: readonly (Node | string)[],
  ...children: Parameters<typeof element>[2][]
): Pick<Question, 'node' | 'heading'> {
  const heading = element('h3', { id: 'ask-title', tabindex: -1 }, title)
  const node = element(
    'section',
    {
      class: 'ask panel',
      role: 'dialog',
      'aria-labelledby': 'ask-title',
      'aria-describedby': 'ask-about',
    },
    heading,
    element('p', { id: 'ask-about' }, ...about),
    ...children,
  )
  return { node, heading }
}
