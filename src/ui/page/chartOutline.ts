import type { ChartState, MachineChart } from '../../chart/chartLayout.ts'
import { button, element } from '../../viewer/element.ts'

/** Every state and every transition as text: what the picture shows, and what it has no room for. */
export function createChartOutline(chart: MachineChart, show: (path: string) => void) {
  const nameOf = (path: string) => (path === '' ? chart.id : path)
  const initial = new Set([chart.initial, ...chart.states.map((state) => state.initial)])
  const leaving = new Map<string, HTMLElement[]>()
  for (const { from, to, events } of chart.arrows) {
    const lines = events.map((event) => element('li', {}, `${event} → ${nameOf(to)}`))
    leaving.set(from, [...(leaving.get(from) ?? []), ...lines])
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
      ...(transitions.length > 0 ? [element('ul', {}, ...transitions)] : []),
    )
  })
  return element(
    'section',
    { class: 'outline panel', tabindex: 0, 'aria-labelledby': 'outline' },
    element('h2', { id: 'outline' }, 'States and transitions'),
    element('ul', {}, ...items),
  )
}

function kindsOf({ type, isRegion }: ChartState, isInitial: boolean): string[] {
  return [
    ...(isInitial ? [' initial'] : []),
    ...(isRegion ? [' region'] : []),
    ...(type === 'atomic' ? [] : [` ${type}`]),
  ]
}
