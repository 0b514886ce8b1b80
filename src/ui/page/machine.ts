import type { ChartLayout, ChartState } from '../../chart/chartLayout.ts'
import { visible } from '../../text/visible.ts'
import { createChartCanvas } from '../../viewer/chartCanvas.ts'
import { button, element, setText } from '../../viewer/element.ts'
import { style } from '../../viewer/style.ts'
import { machineStyle } from './machineStyle.ts'
import { openSession } from './session.ts'

try {
  const response = await openSession().send('/chart')
  const answer = await response.json()
  if (response.ok) show(answer)
  else if (response.status !== 403) throw new Error(String(answer.message))
} catch (error) {
  setText(byId('problem'), `The machine cannot be shown: ${(error as Error).message}`)
}

function show(chart: ChartLayout): void {
  const name = `Statechart of ${chart.id}`
  document.title = visible(name)
  setText(byId('name'), chart.id)
  setText(byId('counts'), countsOf(chart))
  const root = byId('chart').attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [style, machineStyle].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  const canvas = createChartCanvas()
  const picture = canvas.draw(chart, name)
  const select = (path: string) => {
    for (const box of picture.querySelectorAll<SVGElement>('[data-state]')) {
      box.classList.toggle('active', box.dataset.state === path)
    }
    canvas.show(path)
  }
  const node = document.createElement('div')
  node.className = 'machine'
  node.append(canvas.node, createChartOutline(chart, select))
  root.append(node)
}

function countsOf({ states, arrows }: ChartLayout): string {
  const transitions = [...arrows.map(({ events }) => events), ...states.map(({ stays }) => stays)]
  const count = transitions.reduce((sum, events) => sum + (events?.length ?? 0), 0)
  return `${states.length} states, ${count} transitions`
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no ${id}`)
  return found
}

/** Every state and every transition as text: what the picture shows, and what it has no room for. */
function createChartOutline(chart: ChartLayout, show: (path: string) => void) {
  const nameOf = (path: string) => (path === '' ? chart.id : path)
  const initial = new Set([chart.initial, ...chart.states.map((state) => state.initial)])
  const leaving = new Map<string, HTMLElement[]>()
  for (const { from, to, events } of chart.arrows) {
    const lines = events.map((event) => element('li', {}, `${event} → ${nameOf(to)}`))
    leaving.set(from, (leaving.get(from) ?? []).concat(lines))
  }
  const buttons: HTMLButtonElement[] = []
  const items = chart.states.map((state) => {
    const { path, description, stays = [] } = state
    const name = button(nameOf(path), {}, () => {
      for (const each of buttons) each.removeAttribute('aria-current')
      name.setAttribute('aria-current', 'true')
      show(path)
    })
    buttons.push(name)
    const transitions = [
      ...(leaving.get(path) ?? []),
      ...stays.map((event) => element('li', {}, `${event} (stays)`)),
    ]
    return element(
      'li',
      {},
      name,
      ...kindsOf(state, initial.has(path)).map((kind) => element('span', { class: 'kind' }, kind)),
      ...(description ? [element('p', {}, description)] : []),
      ...(transitions.length > 0 ? [element('ul', {}, transitions)] : []),
    )
  })
  return element(
    'section',
    { class: 'outline panel', tabindex: 0, 'aria-labelledby': 'outline' },
    element('h2', { id: 'outline' }, 'States and transitions'),
    element('ul', {}, items),
  )
}

function kindsOf({ type, isRegion }: ChartState, isInitial: boolean): string[] {
  return [
    ...(isInitial ? [' initial'] : []),
    ...(isRegion ? [' region'] : []),
    ...(type === 'atomic' ? [] : [` ${type}`]),
  ]
}
