import type { Ask } from './api.ts'
import { byId } from './dom.ts'
import type { Session } from './session.ts'

/** The run that is open: one at a time. */
export function createRunView(session: Session, ask: Ask, say: (message: string) => void) {
  const place = byId('flows', HTMLElement)
  let open: string | undefined

  async function answer({ target, detail }: CustomEvent, action: string): Promise<void> {
    const id = target instanceof HTMLElement && target.dataset.flow
    if (!id) return
    const body = action === 'credentials' ? detail : { request: detail?.request?.id }
    say((await ask(`/flows/${encodeURIComponent(id)}/${action}`, body)).message)
  }
  for (const [name, action] of [
    ['flow-grant', 'grant'],
    ['flow-deny', 'deny'],
    ['flow-authenticate', 'credentials'],
    ['flow-cancel', 'cancel'],
  ] as const) {
    place.addEventListener(name, (event) => void answer(event as CustomEvent, action))
  }

  return {
    /** Opens a run by its id, or a place for a recorded one; `undefined` closes it. */
    show(id: string | undefined) {
      if (id === open) return
      open = id
      place.replaceChildren()
      if (id === undefined) return
      const shown = document.createElement('plugin-flow')
      if (id !== 'recorded') {
        shown.dataset.flow = id
        shown.headers = session.headers
        shown.src = `/flows/${encodeURIComponent(id)}/events`
      }
      place.append(shown)
    },
  }
}
