import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import stringWidth from 'string-width'
import type { ChartArrow } from '../chartLayout.ts'
import {
  type ChartParts,
  type DrawnState,
  LONGEST_LINE,
  MOST_LINES,
  withDrawnBelow,
} from './chartParts.ts'
import type { PictureStyle } from './pictureStyle.ts'
import { clipLines } from './shownText.ts'

const COLUMN = 7.9
const LABEL_COLUMN = 6.1
const LABEL_LINE = 13
const STATE_HEIGHT = 36
const START_SIZE = 10

/** What the parts of a chart are called in its graph: by number, whatever they are called themselves. */
export const CANVAS = 'canvas'
export const arrowId = (index: number) => `arrow ${index}`
export const stateId = (index: number) => `state ${index}`
export const startId = (index: number) => `start ${index}`

/**
 * A chart as the layout takes it. States are numbered from the machine itself, which is 0; the arrows
 * that are `turned` are led the other way round.
 */
export function toGraph(
  parts: ChartParts,
  style: PictureStyle,
  turned: ReadonlySet<number>,
): ElkNode {
  const { root, isFramed, arrows } = parts
  const drawn = withDrawnBelow(root)
  const indexes = new Map(drawn.map(({ state: { path } }, index) => [path, index]))
  const indexOf = (path: string) => indexes.get(path) ?? 0
  const children = (of: DrawnState): ElkNode[] => [
    ...(of.state.initial === undefined
      ? []
      : [{ id: startId(indexOf(of.state.path)), width: START_SIZE, height: START_SIZE }]),
    ...of.states.map(toNode),
  ]
  const toNode = (each: DrawnState): ElkNode => ({
    id: stateId(indexOf(each.state.path)),
    ...(each.states.length === 0 ? sizeOf(each) : roomOf(each, style)),
    ...(each.states.length > 0 && { children: children(each) }),
  })
  return {
    id: CANVAS,
    layoutOptions: style.spacing,
    children: isFramed ? [toNode(root)] : children(root),
    edges: [
      ...arrows.map((arrow, index) => {
        const ends = [stateId(indexOf(arrow.from)), stateId(indexOf(arrow.to))]
        const [source = '', target = ''] = turned.has(index) ? ends.reverse() : ends
        return {
          id: arrowId(index),
          sources: [source],
          targets: [target],
          ...labelOf(arrow, style),
        }
      }),
      ...drawn.flatMap(({ state: { initial } }, index) =>
        initial === undefined ? [] : [startEdge(index, indexOf(initial))],
      ),
    ],
  }
}

function startEdge(index: number, initial: number): ElkExtendedEdge {
  return { id: startId(index), sources: [startId(index)], targets: [stateId(initial)] }
}

function labelOf({ events }: ChartArrow, { label }: PictureStyle) {
  if (!label) return {}
  const lines = clipLines(label(events), MOST_LINES, LONGEST_LINE)
  const width = Math.max(...lines.map((line) => stringWidth(line))) * LABEL_COLUMN
  return { labels: [{ text: lines.join('\n'), width, height: lines.length * LABEL_LINE }] }
}

function sizeOf({ name, state: { lines = [] } }: DrawnState) {
  const widths = [
    stringWidth(name) * COLUMN,
    ...lines.map((line) => stringWidth(line) * LABEL_COLUMN),
  ]
  return {
    width: Math.ceil(Math.max(...widths)) + 26,
    height: STATE_HEIGHT + lines.length * LABEL_LINE,
  }
}

/** Around the states in it, and at least so wide that its own name fits. */
function roomOf(drawn: DrawnState, { within }: PictureStyle) {
  const { width, height } = sizeOf(drawn)
  return {
    layoutOptions: {
      ...within,
      'elk.padding': padding(height - 2, 14),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  }
}

function padding(top: number, sides: number): string {
  return `[top=${top},left=${sides},bottom=${sides},right=${sides}]`
}
