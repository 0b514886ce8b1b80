import { element } from './element.ts'
import { viewOf } from './machineViews.ts'
import {
  type Answers,
  createConsentView,
  createCredentialsView,
  type Question,
} from './questions.ts'
import type { RunState } from './runAt.ts'

/** How long an answer may take before it can be given again. */
const ANSWER_MS = 3_000

/**
 * The question that is open. It takes the focus when it comes, unless that is somewhere else on the page,
 * and hands it to `after` when it goes.
 */
export function createAskView(answers: Answers, after: HTMLElement) {
  const node = element('div', { class: 'asked' })
  let asked: RunState['consent'] | RunState['credentials']
  let view: Question | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wasOpen = false
  // A control loses the focus when it is disabled.
  let hadFocusBefore = false
  const enable = (isEnabled: boolean) => {
    for (const control of view?.controls ?? []) control.disabled = !isEnabled
  }
  const send = (answer: () => void) => {
    hadFocusBefore = isFocused(node)
    enable(false)
    clearTimeout(timer)
    timer = setTimeout(() => enable(true), ANSWER_MS)
    answer()
  }
  const once: Answers = {
    grant: (request) => send(() => answers.grant(request)),
    deny: (request) => send(() => answers.deny(request)),
    authenticate: (credentials) => send(() => answers.authenticate(credentials)),
    cancel: () => send(answers.cancel),
  }

  return {
    node,
    update(run: RunState, isOpen: boolean) {
      const current = run.consent ?? run.credentials
      const isNew = current !== asked
      if (isNew) {
        const hadFocus = isFocused(node) || (hadFocusBefore && mayTakeFocus(node))
        hadFocusBefore = false
        clearTimeout(timer)
        asked = current
        view = createQuestion(run, once)
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

function createQuestion(
  { flow, consent, consentBefore, credentials }: RunState,
  answers: Answers,
): Question | undefined {
  const view = viewOf(consent?.machine ? consent : flow)
  if (!consent) return credentials && createCredentialsView(credentials, view.noun, answers)
  const asked = view.question(consent.request, consentBefore?.request)
  return createConsentView(asked, consent.request, answers)
}

function isFocused(node: HTMLElement): boolean {
  const root = node.getRootNode()
  return root instanceof ShadowRoot && node.contains(root.activeElement)
}

/** True where nothing else has the focus, so that the focus is not taken from a person who types. */
function mayTakeFocus(node: HTMLElement): boolean {
  const root = node.getRootNode()
  const { activeElement, body } = document
  return (
    activeElement === null ||
    activeElement === body ||
    (root instanceof ShadowRoot && activeElement === root.host)
  )
}
