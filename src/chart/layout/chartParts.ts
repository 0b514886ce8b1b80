import { clip } from '../../text/visible.ts'
import { type ChartLabels, transitionLabel } from '../arrowLabels.ts'
import type { ChartArrow, ChartState } from '../chartLayout.ts'
import { nodesBelow } from '../statechart/collapse.ts'
import type { Statechart, StateNode } from '../statechart/readStatechart.ts'
import { doingsOf, eventText, transitionText } from '../statechart/words.ts'

/** The rest of what is written below a name, or at an arrow, is in the outline beside the picture. */
const MOST_LINES = 8
const LONGEST_LINE = 34
/** A longer name is cut in its box, and whole in its title and in the outline. */
const LONGEST_NAME = 40

/** With more states, their actions and actors are not in their boxes, but in the list beside the picture alone. */
const MOST_WITH_ACTIONS = 40

/** A state that is drawn, with the states in it. */
export interface DrawnState {
  state: ChartState
  /** In its box. */
  name: string
  states: readonly DrawnState[]
}

/** The parts of a chart that are drawn. */
export interface ChartParts {
  /** The machine itself. */
  root: DrawnState
  /** Whether the machine is drawn as a state around all others: something leads to its border. */
  isFramed: boolean
  arrows: readonly ChartArrow[]
}

export function chartParts(chart: Statechart, labels?: ChartLabels): ChartParts {
  const { root, edges } = chart
  const stays = new Map<string, string[]>()
  for (const edge of edges) {
    if (edge.target !== undefined) continue
    const lines = stays.get(edge.source) ?? []
    stays.set(edge.source, [...lines, transitionText(edge)])
  }
  const isCrowded = labels !== undefined || nodesBelow(root).length > MOST_WITH_ACTIONS
  return {
    root: toDrawn(root, root.type === 'parallel', stays, isCrowded),
    isFramed:
      root.type === 'parallel' ||
      edges.some(({ source, target = source }) => source === '' || target === ''),
    arrows: toArrows(chart).map((arrow) => (labels ? withLabels(arrow, labels) : arrow)),
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
  isCrowded: boolean,
): DrawnState {
  const { path, type, description, initial, isDeep, name, states } = node
  const history = type === 'history' ? (isDeep ? 'H* ' : 'H ') : ''
  const shown = clip(`${history}${name}`, LONGEST_NAME)
  const own = stays.get(path)
  const lines = [...(isCrowded ? [] : doingsOf(node)), ...(own ?? []), ...hiddenLines(node)]
  return {
    state: {
      path,
      type,
      description,
      ...(initial !== undefined && { initial }),
      ...(shown !== path.slice(path.lastIndexOf('.') + 1) && { name: shown }),
      ...(own && { stays: own }),
      ...(lines.length > 0 && { lines: clipLines(lines) }),
      ...(isRegion && path !== '' && { isRegion: true as const }),
    },
    name: shown,
    states: states.map((below) => toDrawn(below, type === 'parallel', stays, isCrowded)),
  }
}

function hiddenLines({ hidden }: StateNode): string[] {
  return hidden === undefined ? [] : [`${hidden} ${hidden === 1 ? 'state' : 'states'} within`]
}

/** Transitions between the same two states share an arrow. */
function toArrows({ edges }: Statechart): ChartArrow[] {
  const arrows = new Map<string, { from: string; to: string; events: string[] }>()
  for (const edge of edges) {
    const { source: from, target: to } = edge
    if (to === undefined) continue
    const key = JSON.stringify([from, to])
    const arrow = arrows.get(key) ?? { from, to, events: [] }
    arrow.events.push(eventText(edge))
    arrows.set(key, arrow)
  }
  return [...arrows.values()]
}

function withLabels(arrow: ChartArrow, labels: ChartLabels): ChartArrow {
  return { ...arrow, labels: arrow.events.map((event) => transitionLabel(event, labels)) }
}

/** The lines that there is room for, and how many more there are. */
export function clipLines(lines: readonly string[]): string[] {
  const shown = lines.length <= MOST_LINES ? lines : lines.slice(0, MOST_LINES - 1)
  const more = lines.length - shown.length
  return [
    ...shown.map((line) => clip(line, LONGEST_LINE)),
    ...(more > 0 ? [`and ${more} more`] : []),
  ]
}

/** The arrows that lead from a later state to an earlier one, or from a state in one to a state in the other. */
export function backArrows(root: DrawnState, arrows: readonly ChartArrow[]): ReadonlySet<number> {
  const positions = new Map<string, readonly number[]>()
  const note = ({ state, states }: DrawnState, position: readonly number[]) => {
    positions.set(state.path, position)
    for (const [index, below] of states.entries()) note(below, [...position, index])
  }
  note(root, [])
  const back = new Set<number>()
  for (const [index, { from, to }] of arrows.entries()) {
    if (isBefore(positions.get(to) ?? [], positions.get(from) ?? [])) back.add(index)
  }
  return back
}

/** A state is neither before nor after those that it is in. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((index, level) => index !== other[level])
  const [mine, yours] = [one[at], other[at]]
  return mine !== undefined && yours !== undefined && mine < yours
}
