import { escapeKey } from '../../chart/statechart/stateTree.ts'
import { button, element, setText } from '../../viewer/element.ts'
import type { LiveNews, LoggedStep } from '../liveLog.ts'
import type { Session } from './session.ts'

const RETRY_MS = 1_000
/** Older ones are not listed. */
const MOST_LISTED = 200

/** Follows the running actors of a machine: a list of what they took, and the active states for the picture. */
export function createLive(
  machine: string,
  session: Session,
  show: (active: readonly string[]) => void,
) {
  const actors = new Map<string, LoggedStep[]>()
  let shown = ''
  const status = element('p', { role: 'status', class: 'kind' }, `Waits for an actor of ${machine}`)
  const chooser = element('select', { 'aria-label': 'Actor' })
  const list = element('ol', { tabindex: 0, 'aria-label': 'Events' })
  const context = element('pre', {
    tabindex: 0,
    role: 'region',
    'aria-label': 'Context',
    hidden: true,
  })
  const clear = button('Clear', { class: 'small' }, () => {
    actors.clear()
    draw()
  })
  chooser.addEventListener('change', () => {
    shown = chooser.value
    draw()
  })

  const draw = () => {
    if (!actors.has(shown)) shown = [...actors.keys()].at(-1) ?? ''
    const steps = actors.get(shown) ?? []
    const names = [...actors.keys()]
    chooser.replaceChildren(
      ...names.map((name, index) =>
        element('option', { value: name, selected: name === shown }, `actor ${index + 1}`),
      ),
    )
    chooser.hidden = names.length < 2
    list.replaceChildren(...steps.slice(-MOST_LISTED).reverse().map(rowOf))
    const last = steps.at(-1)
    context.hidden = last?.context === undefined
    setText(context, JSON.stringify(last?.context, null, 2) ?? '')
    show(last ? activePaths(last.value) : [])
    return last
  }
  const take = ({ steps, dropped }: LiveNews) => {
    for (const step of steps.filter((each) => each.machine === machine)) {
      const taken = [...(actors.get(step.actor) ?? []), step].slice(-MOST_LISTED)
      // The one that took an event last is the last of all.
      if (!actors.has(step.actor)) shown = step.actor
      actors.set(step.actor, taken)
    }
    const last = draw()
    const lost = dropped > 0 ? `, ${dropped} dropped` : ''
    if (last) setText(status, `${last.status}${lost}`)
    else if (steps.length > 0) setText(status, `Only actors of other machines than ${machine}`)
  }

  return {
    node: element(
      'section',
      { class: 'live panel', 'aria-labelledby': 'live' },
      element('h2', { id: 'live' }, 'Live'),
      status,
      chooser,
      clear,
      list,
      context,
    ),
    /** Asks for news until the page is locked. */
    async follow(): Promise<void> {
      let after = 0
      for (;;) {
        try {
          const response = await session.send(`/live/${after}`)
          if (response.status === 403) return
          if (!response.ok) throw new Error()
          const news: LiveNews = await response.json()
          after = news.steps.at(-1)?.number ?? after
          if (news.steps.length > 0) take(news)
        } catch {
          setText(status, 'plugin-flow ui does not answer; it is asked again')
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        }
      }
    },
  }
}

function rowOf({ at, event, value, ignored }: LoggedStep): HTMLElement {
  const where = leavesOf(activePaths(value)).join(', ')
  const time = new Date(at).toISOString().slice(11, 23)
  return element(
    'li',
    ignored ? { class: 'ignored' } : {},
    element('time', {}, time),
    ignored ? ` ${event} was ignored in ${where}` : ` ${event} → ${where}`,
  )
}

/** The paths of all active states of a value as XState writes it, the outer ones first. */
function activePaths(value: unknown, around: readonly string[] = []): string[] {
  const path = (key: string) => [...around, escapeKey(key)]
  if (typeof value === 'string') return [path(value).join('.')]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inside]) => [
    path(key).join('.'),
    ...activePaths(inside, path(key)),
  ])
}

function leavesOf(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)))
}
