import type { ChartArrow, ChartState } from '../chartLayout.ts'
import type { Statechart, StateNode } from '../statechart/statechart.ts'
import { clip, clipLines } from './shownText.ts'

/** More of what is written below a name, or at an arrow, is told by its text. */
export const MOST_LINES = 8
export const LONGEST_LINE = 34
/** More of a name is told by its title and its text, and not in its box. */
const LONGEST_NAME = 40

/** A state that is drawn, with the states in it. */
export interface DrawnState {
  state: ChartState
  /** In its box. */
  name: string
  states: readonly DrawnState[]
}

/** What there is to draw of a chart. */
export interface ChartParts {
  /** The machine itself. */
  root: DrawnState
  /** Whether the machine is drawn as a state around all others: something leads to its border. */
  isFramed: boolean
  arrows: readonly ChartArrow[]
}

export function chartParts(chart: Statechart): ChartParts {
  const { root, edges } = chart
  const stays = new Map<string, string[]>()
  for (const { source, target, event, guard } of edges) {
    if (target !== undefined) continue
    const lines = stays.get(source) ?? []
    stays.set(source, [...lines, withGuard(event, guard)])
  }
  return {
    root: toDrawn(root, root.type === 'parallel', stays),
    isFramed:
      root.type === 'parallel' ||
      edges.some(({ source, target = source }) => source === '' || target === ''),
    arrows: toArrows(chart),
  }
}

/** A state and all below it, in the order of the chart. */
export function withDrawnBelow(drawn: DrawnState): DrawnState[] {
  return [drawn, ...drawn.states.flatMap(withDrawnBelow)]
}

function toDrawn(
  node: StateNode,
  isRegion: boolean,
  stays: ReadonlyMap<string, readonly string[]>,
): DrawnState {
  const { path, type, description, initial, isDeep, name, states } = node
  const history = type === 'history' ? (isDeep ? 'H* ' : 'H ') : ''
  const shown = clip(`${history}${name}`, LONGEST_NAME)
  const lines = stays.get(path)
  return {
    state: {
      path,
      type,
      description,
      ...(initial !== undefined && { initial }),
      ...(shown !== path.slice(path.lastIndexOf('.') + 1) && { name: shown }),
      ...(lines && { stays: lines, lines: clipLines(lines, MOST_LINES, LONGEST_LINE) }),
      ...(isRegion && path !== '' && { isRegion: true as const }),
    },
    name: shown,
    states: states.map((below) => toDrawn(below, type === 'parallel', stays)),
  }
}

/** Transitions between the same two states share an arrow. */
function toArrows({ edges }: Statechart): ChartArrow[] {
  const arrows = new Map<string, { from: string; to: string; events: string[] }>()
  for (const { source: from, target: to, event, guard } of edges) {
    if (to === undefined) continue
    const key = JSON.stringify([from, to])
    const arrow = arrows.get(key) ?? { from, to, events: [] }
    arrow.events.push(withGuard(event, guard))
    arrows.set(key, arrow)
  }
  return [...arrows.values()]
}

function withGuard(event: string, guard: string | undefined): string {
  return guard === undefined ? event : `${event} [${guard}]`
}
