import { createConsentView } from './consentView.ts'
import { createCredentialsView } from './credentialsView.ts'
import { element } from './element.ts'
import type { Actions } from './flowPanel.ts'
import type { RunState } from './runAt.ts'

type Asked = RunState['consent'] | RunState['credentials']

/** How long an answer may be on its way before it can be given again. */
const ANSWER_MS = 3_000

/**
 * What a person is asked, while it is asked. It takes the focus when it comes, unless that is somewhere
 * else on the page, and gives it to `after` when it goes.
 */
export function createAskView(actions: Actions, after: HTMLElement) {
  const node = element('div', { class: 'asked' })
  let asked: Asked
  let view: ReturnType<typeof createView> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const enable = (isEnabled: boolean) => {
    for (const control of view?.controls ?? []) control.disabled = !isEnabled
  }
  const once: Actions = {
    grant: (request) => send(() => actions.grant(request)),
    deny: (request) => send(() => actions.deny(request)),
    authenticate: (credentials) => send(() => actions.authenticate(credentials)),
    cancel: () => send(actions.cancel),
  }
  // What is disabled loses the focus.
  let hadFocusBefore = false
  function send(answer: () => void): void {
    hadFocusBefore = isFocused(node)
    enable(false)
    clearTimeout(timer)
    timer = setTimeout(() => enable(true), ANSWER_MS)
    answer()
  }
  let wasOpen = false

  return {
    node,
    update({ consent, credentials }: RunState, isOpen: boolean) {
      const current = consent ?? credentials
      const isNew = current !== asked
      if (isNew) {
        const hadFocus = isFocused(node) || (hadFocusBefore && mayTakeFocus(node))
        hadFocusBefore = false
        clearTimeout(timer)
        asked = current
        view = createView(consent, credentials, once)
        node.replaceChildren(...(view ? [view.node] : []))
        if (view && isOpen && (hadFocus || mayTakeFocus(node))) view.heading.focus()
        else if (hadFocus) after.focus()
      }
      if (!isNew && isOpen === wasOpen) return
      wasOpen = isOpen
      enable(isOpen)
      node.classList.toggle('past', !isOpen)
    },
  }
}

function createView(
  consent: RunState['consent'],
  credentials: RunState['credentials'],
  actions: Actions,
) {
  if (consent) return createConsentView(consent, actions)
  return credentials && createCredentialsView(credentials, actions)
}

function isFocused(node: HTMLElement): boolean {
  const root = node.getRootNode()
  return root instanceof ShadowRoot && node.contains(root.activeElement)
}

/** Nothing else has the focus: nobody is torn out of what they write. */
function mayTakeFocus(node: HTMLElement): boolean {
  const root = node.getRootNode()
  const { activeElement, body } = document
  return (
    activeElement === null ||
    activeElement === body ||
    (root instanceof ShadowRoot && activeElement === root.host)
  )
}
