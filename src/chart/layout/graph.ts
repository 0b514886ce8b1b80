import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import stringWidth from 'string-width'
import type { ChartArrow, Route } from '../chartLayout.ts'
import { LINE_HEIGHT } from '../drawChart.ts'
import { type ChartParts, clipLines, type DrawnState, withDrawnBelow } from './chartParts.ts'
import type { PictureStyle } from './pictureStyle.ts'

const COLUMN = 7.9
const LABEL_COLUMN = 6.7
const STATE_HEIGHT = 28

/** The ids of the parts of a chart in its graph: by number, whatever their own names. */
const CANVAS = 'canvas'
export const arrowId = (index: number) => `arrow ${index}`
export const stateId = (index: number) => `state ${index}`

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
  const toNode = (each: DrawnState): ElkNode => ({
    id: stateId(indexOf(each.state.path)),
    ...(each.states.length === 0 ? sizeOf(each) : roomOf(each, style)),
    ...(each.states.length > 0 && { children: each.states.map(toNode) }),
  })
  return {
    id: CANVAS,
    layoutOptions: style.spacing,
    children: isFramed ? [toNode(root)] : root.states.map(toNode),
    edges: arrows.map((arrow, index) => {
      const ends = [stateId(indexOf(arrow.from)), stateId(indexOf(arrow.to))]
      const [source = '', target = ''] = turned.has(index) ? ends.reverse() : ends
      return {
        id: arrowId(index),
        sources: [source],
        targets: [target],
        ...labelOf(arrow, style),
      }
    }),
  }
}

function labelOf(arrow: ChartArrow, { label }: PictureStyle) {
  const lines = clipLines(label(arrow))
  if (lines.length === 0) return {}
  const width = widestOf(lines) * LABEL_COLUMN
  return { labels: [{ text: lines.join('\n'), width, height: lines.length * LINE_HEIGHT }] }
}

function sizeOf({ name, state: { lines = [] } }: DrawnState) {
  return {
    width: Math.ceil(Math.max(stringWidth(name) * COLUMN, widestOf(lines) * LABEL_COLUMN)) + 26,
    height: STATE_HEIGHT + lines.length * LINE_HEIGHT,
  }
}

function widestOf(lines: readonly string[]): number {
  return lines.reduce((widest, line) => Math.max(widest, stringWidth(line)), 0)
}

/** Around the states in it, and at least so wide that its own name fits. */
function roomOf(drawn: DrawnState, { within }: PictureStyle) {
  const { width, height } = sizeOf(drawn)
  return {
    layoutOptions: {
      ...within,
      'elk.padding': padding(height + 2, 12),
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  }
}

function padding(top: number, sides: number): string {
  return `[top=${top},left=${sides},bottom=${sides},right=${sides}]`
}

/** Where everything of a laid-out graph stands, by its id. */
export interface Places {
  /** Left, top, width, height. */
  boxes: ReadonlyMap<string, readonly number[]>
  routes: ReadonlyMap<string, Route>
}

export function readPlaces(graph: ElkNode): Places {
  const boxes = new Map(boxesBelow(graph, 0, 0))
  return { boxes, routes: readRoutes(graph, boxes) }
}

function boxesBelow(node: ElkNode, left: number, top: number): [string, number[]][] {
  const { id, width = 0, height = 0, children = [] } = node
  const [x, y] = [left + (node.x ?? 0), top + (node.y ?? 0)]
  return [
    [id, [x, y, width, height].map(Math.round)],
    ...children.flatMap((child) => boxesBelow(child, x, y)),
  ]
}

/** The coordinates of a route are relative to the node that holds both of its ends. */
function readRoutes(graph: ElkNode, boxes: Places['boxes']): Map<string, Route> {
  return new Map(
    (graph.edges ?? []).map((edge) => {
      const container = (edge as ElkExtendedEdge & { container?: string }).container ?? CANVAS
      const [left = 0, top = 0] = boxes.get(container) ?? []
      const [label] = edge.labels ?? []
      const points = (edge.sections ?? []).flatMap((section) => pointsOf(section, left, top))
      if (!label?.text) return [edge.id, { points }]
      const lines = label.text.split('\n')
      const x = Math.round(left + (label.x ?? 0) + (label.width ?? 0) / 2)
      return [edge.id, { points, label: { x, y: Math.round(top + (label.y ?? 0)), lines } }]
    }),
  )
}

function pointsOf(
  { startPoint, bendPoints = [], endPoint }: ElkEdgeSection,
  left: number,
  top: number,
): number[] {
  return [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [
    Math.round(left + x),
    Math.round(top + y),
  ])
}
