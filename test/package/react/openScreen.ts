import { setImmediate } from 'node:timers/promises'
import type { Window } from 'happy-dom'
import { act, createElement, Profiler, type ReactNode } from 'react'

const LIMIT_MS = 60_000

/** The view of a person on what React has mounted, and the actions of that person. */
export interface Screen {
  has(selector: string): boolean
  text(selector: string): string | undefined
  texts(selector: string): string[]
  attribute(selector: string, name: string): string | null | undefined
  click(button: string): void
  /** Every text that the heading has had. */
  readonly headings: string[]
  /** Resolves once something is on the screen, and the effects of that have run. */
  until(isShown: () => boolean): Promise<void>
  render(node: ReactNode): void
  unmount(): void
}

/** Mounts and clicks are flushed by `act`; what a flow does is rendered when React comes to it. */
export async function openScreen({ document }: Window): Promise<Screen> {
  const { createRoot } = await import('react-dom/client')
  const container = document.createElement('div')
  document.querySelector('main')?.append(container)
  const root = createRoot(container)
  let isSent = false
  // React listens here too, and has got the event before.
  container.addEventListener('submit', ({ defaultPrevented }) => {
    isSent ||= !defaultPrevented
  })
  const waiting = new Set<() => void>()
  const headings: string[] = []
  const text = (selector: string) => container.querySelector(selector)?.textContent
  const committed = () => {
    const heading = text('h2')
    if (heading !== undefined && heading !== headings.at(-1)) headings.push(heading)
    for (const look of waiting) look()
  }
  return {
    has: (selector) => container.querySelector(selector) !== null,
    text,
    texts: (selector) =>
      [...container.querySelectorAll(selector)].map(({ textContent }) => textContent),
    attribute: (selector, name) => container.querySelector(selector)?.getAttribute(name),
    click(label) {
      const buttons = [...container.querySelectorAll('button')]
      const button = buttons.find(({ textContent }) => textContent === label)
      if (!button) throw new Error(`no ${label} in ${container.innerHTML}`)
      flushed(() => button.click())
      if (isSent) throw new Error('a form was sent: a page would be loaded in place of this one')
    },
    headings,
    async until(isShown) {
      await new Promise<void>((resolve, reject) => {
        const end = () => {
          clearTimeout(clock)
          waiting.delete(look)
        }
        const look = () => {
          if (!isShown()) return
          end()
          resolve()
        }
        const fail = () => {
          end()
          reject(new Error(`${isShown} in ${container.innerHTML}`))
        }
        const clock = setTimeout(fail, LIMIT_MS)
        waiting.add(look)
        look()
      })
      // React has queued them before this.
      await setImmediate()
    },
    render: (node) =>
      flushed(() =>
        root.render(createElement(Profiler, { id: 'screen', onRender: committed }, node)),
      ),
    unmount() {
      flushed(() => root.unmount())
      container.remove()
    },
  }
}

/** Within `act` alone: outside it React is to work, and to schedule, as it does in an app. */
function flushed(change: () => void): void {
  const environment = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }
  environment.IS_REACT_ACT_ENVIRONMENT = true
  try {
    act(change)
  } finally {
    environment.IS_REACT_ACT_ENVIRONMENT = false
  }
}
