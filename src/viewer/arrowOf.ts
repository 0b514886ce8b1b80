import type { ChartLayout } from '../chart/chartLayout.ts'
import type { TransitionTaken } from '../events/flowEvent.ts'

/** Which arrow of the chart a transition took; empty where it came from outside of the chart. */
export function arrowOf(layout: ChartLayout, { from, to, event }: TransitionTaken): string {
  if (from === undefined) return ''
  const targets = new Set(withAncestors(to).filter((path) => entered(layout, path) === to))
  const fitting = layout.arrows.filter(
    (arrow) => withAncestors(from).includes(arrow.from) && targets.has(arrow.to),
  )
  const named = fitting.find(({ events }) => events.some((name) => name.split(' ')[0] === event))
  const arrow = named ?? fitting[0]
  return arrow ? `${arrow.from} ${arrow.to}` : ''
}

/** The state that is active once a state was entered. */
function entered(layout: ChartLayout, path: string): string {
  const initial = layout.states.find((state) => state.path === path)?.initial
  return initial === undefined ? path : entered(layout, initial)
}

/** `pulling` and `pulling.streaming`. */
export function withAncestors(path: string): string[] {
  const parts = path.split('.')
  return path === '' ? [] : parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}
