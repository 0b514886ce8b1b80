// <flow-statechart machine="pluginInstall">: its picture; a state that is chosen says what it means and how it is left.
import type { ChartLayout } from '../../../src/chart/chartLayout.ts'
import { layouts } from '../../../src/chart/layouts.generated.ts'
import { defaultPolicy, upgradeTimeouts } from '../../../src/flow/retry/policy.ts'
import { createChartCanvas } from '../../../src/viewer/chartCanvas.ts'
import { element } from '../../../src/viewer/element.ts'
import { style } from '../../../src/viewer/style.ts'

const timeouts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  pluginInstall: { ...defaultPolicy.timeouts },
  pluginUpgrade: { ...upgradeTimeouts },
}

const own = `
:host { display: block; margin: 16px 0 }
.statechart { display: grid; gap: 12px }
.canvas { height: min(70vh, 640px); border: 1px solid var(--edge); border-radius: 12px; background: var(--back) }
.state { cursor: pointer }
.state.selected > .box { stroke: var(--accent); stroke-width: 3 }
select { font: inherit; padding: 4px 8px }
ul { margin: 4px 0 0; padding-left: 20px }
`

class FlowStatechart extends HTMLElement {
  connectedCallback(): void {
    const machine = this.getAttribute('machine') ?? ''
    const layout = layouts.get(machine)
    if (!layout || this.shadowRoot) return
    const root = this.attachShadow({ mode: 'open' })
    root.adoptedStyleSheets = [style, own].map((text) => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(text)
      return sheet
    })
    const canvas = createChartCanvas()
    const picture = canvas.draw(layout, `Statechart of ${machine}`)
    const about = element('div', { class: 'panel', role: 'status' })
    const chooser = element('select', {}, [
      element('option', { value: '' }, 'choose one, here or in the picture'),
      ...layout.states.map(({ path }) => element('option', { value: path }, path)),
    ])
    const choose = (path: string) => {
      chooser.value = path
      for (const box of picture.querySelectorAll<SVGElement>('[data-state]')) {
        box.classList.toggle('selected', box.dataset.state === path)
      }
      about.replaceChildren(...describe(layout, machine, path))
    }
    chooser.addEventListener('change', () => {
      choose(chooser.value)
      canvas.show(chooser.value)
    })
    picture.addEventListener('click', ({ target }) => {
      const path = (target as Element).closest<SVGElement>('.state')?.dataset.state
      if (path !== undefined) choose(path)
    })
    const label = element('label', {}, 'State: ', chooser)
    root.append(element('div', { class: 'statechart' }, label, canvas.node, about))
  }
}

/** The meaning of a state, its timeout, and where its errors and its other events lead. */
function describe({ states, arrows }: ChartLayout, machine: string, path: string): HTMLElement[] {
  const state = states.find((each) => each.path === path)
  if (!state) return []
  const leaving = arrows.flatMap(({ from, to, events, labels = [] }) =>
    from === path
      ? events.map((event, index) => ({
          event,
          line: `${event}${labels[index] ? `: ${labels[index]}` : ''} → ${to}`,
        }))
      : [],
  )
  const of = (kind: RegExp) => leaving.filter(({ event }) => kind.test(event))
  const [outer = ''] = path.split('.')
  const limit = timeouts[machine]?.[outer]
  const lists: [title: string, lines: string[]][] = [
    ['Errors', of(/^error\(/).map(({ line }) => line)],
    ['Timeouts', of(/^after\(/).map(({ line }) => line)],
    ['Other ways out', of(/^(?!error\(|after\()/).map(({ line }) => line)],
  ]
  return [
    element('h3', {}, path),
    element('p', {}, state.description),
    ...(limit === undefined ? [] : [element('p', {}, `At most ${inMinutes(limit)} by default.`)]),
    ...lists
      .filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => [
        element('strong', {}, title),
        element(
          'ul',
          {},
          lines.map((line) => element('li', {}, line)),
        ),
      ]),
  ]
}

function inMinutes(ms: number): string {
  const minutes = ms / 60_000
  return minutes === 1 ? 'a minute' : `${minutes} minutes`
}

customElements.define('flow-statechart', FlowStatechart)
