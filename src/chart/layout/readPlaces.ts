import type { ElkEdgeSection, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js'
import type { Route } from '../chartLayout.ts'
import { CANVAS } from './toGraph.ts'

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
    [id, [x, y, width, height].map(rounded)],
    ...children.flatMap((child) => boxesBelow(child, x, y)),
  ]
}

/** Routes are told in the coordinates of the node that holds both ends. */
function readRoutes(graph: ElkNode, boxes: Places['boxes']): Map<string, Route> {
  return new Map(
    (graph.edges ?? []).map((edge) => {
      const container = (edge as ElkExtendedEdge & { container?: string }).container ?? CANVAS
      const [left = 0, top = 0] = boxes.get(container) ?? []
      const [label] = edge.labels ?? []
      const points = (edge.sections ?? []).flatMap((section) => pointsOf(section, left, top))
      if (!label?.text) return [edge.id, { points }]
      const lines = label.text.split('\n')
      const x = rounded(left + (label.x ?? 0) + (label.width ?? 0) / 2)
      return [edge.id, { points, label: { x, y: rounded(top + (label.y ?? 0)), lines } }]
    }),
  )
}

function pointsOf(
  { startPoint, bendPoints = [], endPoint }: ElkEdgeSection,
  left: number,
  top: number,
): number[] {
  return [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [
    rounded(left + x),
    rounded(top + y),
  ])
}

function rounded(value: number): number {
  return Math.round(value * 2) / 2
}
