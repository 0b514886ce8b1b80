import { visible } from '../../text/visible.ts'
import { setText } from '../../viewer/element.ts'
import type { FlowSummary } from '../flowSummary.ts'
import { byId } from './dom.ts'
import { runAddress } from './route.ts'

/** Says that a decision is waited for: in the title, the icon and the menu, and by notifications for those who ask for them. */
export function createAttention() {
  const icon = document.querySelector('link[rel=icon]') as HTMLLinkElement
  const count = byId('waiting', HTMLElement)
  const notify = byId('notify', HTMLButtonElement)
  const told = new Set<string>()
  let waiting: readonly FlowSummary[] = []
  let title = 'plugin-flow'

  const isPossible = 'Notification' in globalThis
  const showButton = () => {
    notify.hidden = !isPossible || Notification.permission !== 'default'
  }
  showButton()
  // A browser is never asked before a person has asked.
  notify.addEventListener('click', () => void Notification.requestPermission().then(showButton))

  function draw(): void {
    const [first] = waiting
    const more = waiting.length > 1 ? ` (and ${waiting.length - 1} more)` : ''
    document.title = visible(first ? `Decide: ${first.name}${more} · plugin-flow` : title)
    const href = first ? '/icon-asking.svg' : '/icon.svg'
    if (icon.getAttribute('href') !== href) icon.href = href
    count.hidden = !first
    setText(count, String(waiting.length))
  }
  function announce({ id, name, asks }: FlowSummary): void {
    const what = asks === 'credentials' ? 'needs a login' : 'waits for your decision'
    try {
      const shown = new Notification(visible(`${name} ${what}`), {
        tag: id,
        icon: '/icon-asking.svg',
      })
      shown.onclick = () => {
        window.focus()
        location.hash = runAddress(id)
      }
    } catch {
      // Some browsers have the permission, and no such notifications.
    }
  }
  return {
    /** The title while nothing is waited for. */
    setTitle(words: string) {
      title = words
      draw()
    },
    show(flows: readonly FlowSummary[]) {
      waiting = flows.filter(({ asks }) => asks !== undefined)
      for (const flow of waiting) {
        const isNew = !told.has(flow.id)
        told.add(flow.id)
        if (isNew && isPossible && Notification.permission === 'granted' && !document.hasFocus()) {
          announce(flow)
        }
      }
      for (const { id, asks } of flows) if (asks === undefined) told.delete(id)
      draw()
    },
  }
}
