import type { CredentialsAsked } from '../events/flowEvent.ts'
import { button, element } from './element.ts'

interface Answers {
  authenticate(credentials: { username: string; password: string }): void
  cancel(): void
}

/** The form for a registry's credentials. What was typed leaves it once, and stays nowhere. */
export function createCredentialsView(request: CredentialsAsked['request'], answers: Answers) {
  const heading = element(
    'h3',
    { id: 'login-title', tabindex: -1 },
    `Log in to ${request.registry}`,
  )
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
  const cancel = button('Cancel the install', { class: 'quiet' }, () => answers.cancel())
  const form = element(
    'form',
    {},
    element('label', { for: 'username' }, 'User name'),
    username,
    element('label', { for: 'password' }, 'Password or token'),
    password,
    element('div', { class: 'buttons' }, cancel, submit),
  )
  const node = element(
    'section',
    {
      class: request.reason === 'refused' ? 'ask panel refused' : 'ask panel',
      role: 'dialog',
      'aria-labelledby': 'login-title',
      'aria-describedby': 'login-about',
    },
    heading,
    element('p', { id: 'login-about' }, about(request)),
    form,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const given = { username: username.value, password: password.value }
    password.value = ''
    answers.authenticate(given)
  })
  return { node, heading, controls: [cancel, submit, username, password] }
}

function about({ reason, attempt }: CredentialsAsked['request']): string {
  const again =
    reason === 'refused'
      ? 'The registry did not accept the credentials.'
      : 'The registry wants credentials.'
  const which = attempt > 1 ? ` This is attempt ${attempt}.` : ''
  return `${again}${which} They are for this run and kept nowhere.`
}
