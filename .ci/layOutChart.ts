import elk from 'elkjs/lib/elk.bundled.js'
import type { ElkEdgeSection, ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { type ChartEdge, chartEdges } from '../src/chart.ts'
import type {
  ChartArrow,
  ChartLayout,
  ChartState,
  Picture,
  Route,
} from '../src/viewer/chartLayout.ts'

const CHARACTER = 7.9
const LABEL_CHARACTER = 6.1
const LABEL_LINE = 13
const STATE_HEIGHT = 36
const LONGEST_LABEL = 14

const options: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.edgeLabels.inline': 'false',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
}

const wide: LayoutOptions = {
  ...options,
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '8',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.edgeLabels.sideSelection': 'SMART_DOWN',
}

const narrow: LayoutOptions = {
  ...options,
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
  'elk.spacing.nodeNode': '16',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '7',
}

/** Where everything of a machine stands, with names at the arrows and without. */
export async function layOut(machine: AnyStateMachine): Promise<ChartLayout> {
  const nodes = nodesBelow(machine.root)
  const states = nodes.map(toState)
  const arrows = toArrows(chartEdges(machine))
  return {
    id: machine.id,
    states,
    arrows,
    wide: await draw(machine.root, states, arrows, wide, true),
    narrow: await draw(machine.root, states, arrows, narrow, false),
  }
}

function nodesBelow(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).flatMap((state) => [state, ...nodesBelow(state)])
}

function toState(node: AnyStateNode): ChartState {
  const [initial] = node.initial?.target ?? []
  return {
    path: node.path.join('.'),
    type: node.type,
    description: node.description ?? '',
    ...(initial && { initial: initial.path.join('.') }),
  }
}

function toArrows(edges: readonly ChartEdge[]): ChartArrow[] {
  const arrows = new Map<string, { from: string; to: string; events: string[] }>()
  for (const { source: from, target: to, event, guard } of edges) {
    if (to === undefined) continue
    const key = `${from} ${to}`
    const arrow = arrows.get(key) ?? { from, to, events: [] }
    arrow.events.push(guard === undefined ? event : `${event} [${guard}]`)
    arrows.set(key, arrow)
  }
  return [...arrows.values()]
}

async function draw(
  root: AnyStateNode,
  states: readonly ChartState[],
  arrows: readonly ChartArrow[],
  layoutOptions: LayoutOptions,
  named: boolean,
): Promise<Picture> {
  const edges = [
    ...arrows.map((arrow, index) => toEdge(arrow, index, named)),
    ...[root, ...nodesBelow(root)].flatMap(startEdge),
  ]
  const graph = await new elk.default().layout({ ...toElkNode(root), layoutOptions, edges })
  const places = new Map(nodesPlaced(graph, 0, 0))
  const routes = edgesPlaced(graph, places)
  const route = (id: string) => routes.get(id) ?? { points: [] }
  return {
    width: Math.ceil(graph.width ?? 0),
    height: Math.ceil(graph.height ?? 0),
    boxes: states.map(({ path }) => places.get(path) ?? []),
    routes: arrows.map((_, index) => route(`arrow ${index}`)),
    starts: [...places]
      .filter(([id]) => id.startsWith('start '))
      .map(([id, [x = 0, y = 0, width = 0, height = 0]]) => [
        x + width / 2,
        y + height / 2,
        ...route(id).points,
      ]),
  }
}

function toElkNode(node: AnyStateNode): ElkNode {
  const path = node.path.join('.')
  const children = Object.values(node.states).map(toElkNode)
  if (children.length === 0) {
    return { id: path, width: Math.ceil(node.key.length * CHARACTER) + 26, height: STATE_HEIGHT }
  }
  const start: ElkNode = { id: `start ${path}`, width: 10, height: 10 }
  return {
    id: path === '' ? 'root' : path,
    layoutOptions: {
      'elk.padding':
        path === '' ? '[top=6,left=6,bottom=6,right=6]' : '[top=34,left=14,bottom=14,right=14]',
    },
    children: node.initial ? [start, ...children] : children,
  }
}

function startEdge(node: AnyStateNode): ElkExtendedEdge[] {
  const [initial] = node.initial?.target ?? []
  const id = `start ${node.path.join('.')}`
  return initial ? [{ id, sources: [id], targets: [initial.path.join('.')] }] : []
}

function toEdge({ from, to, events }: ChartArrow, index: number, named: boolean): ElkExtendedEdge {
  const lines = labelLines(events)
  const width = Math.max(...lines.map((line) => line.length)) * LABEL_CHARACTER
  const label = { text: lines.join('\n'), width, height: lines.length * LABEL_LINE }
  return {
    id: `arrow ${index}`,
    sources: [from],
    targets: [to],
    ...(named && { labels: [label] }),
  }
}

/** What an arrow is called in the picture: the kinds of its events, without guards and actors. */
function labelLines(events: readonly string[]): string[] {
  const names = new Set(events.map((event) => event.split(/[ (]/)[0] ?? event))
  const lines: string[] = []
  for (const name of names) {
    const last = lines.at(-1)
    if (last !== undefined && `${last}, ${name}`.length <= LONGEST_LABEL) {
      lines[lines.length - 1] = `${last}, ${name}`
    } else lines.push(name)
  }
  return lines
}

function nodesPlaced(node: ElkNode, left: number, top: number): [string, number[]][] {
  const { id, width = 0, height = 0, children = [] } = node
  const [x, y] = [left + (node.x ?? 0), top + (node.y ?? 0)]
  return [
    [id, [x, y, width, height].map(rounded)],
    ...children.flatMap((child) => nodesPlaced(child, x, y)),
  ]
}

/** Routes are told in the coordinates of the node that holds both ends. */
function edgesPlaced(graph: ElkNode, places: Map<string, number[]>): Map<string, Route> {
  return new Map(
    (graph.edges ?? []).map((edge) => {
      const container = (edge as ElkExtendedEdge & { container?: string }).container ?? 'root'
      const [left = 0, top = 0] = places.get(container) ?? []
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
