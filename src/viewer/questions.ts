import type { CredentialsAsked } from '../events/flowEvent.ts'
import { button, element } from './element.ts'
import type { Asked } from './machineView.ts'

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

/** The consent request, and the two answers. */
export function createConsentView(
  { title, about, parts, isCritical }: Asked,
  request: { id: number },
  answers: Answers,
): Question {
  const deny = button('Deny', { class: 'quiet' }, () => answers.deny(request))
  const grant = button(
    isCritical ? 'Grant, I trust it with this host' : 'Grant',
    { class: isCritical ? 'danger' : 'primary' },
    () => answers.grant(request),
  )
  const buttons = element('div', { class: 'buttons' }, deny, grant)
  return { ...createDialog(title, about, ...parts, buttons), controls: [deny, grant] }
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
  const submit = element('button', { type: 'submit', part: 'button', class: 'primary' }, 'Log in')
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
      part: 'question',
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
