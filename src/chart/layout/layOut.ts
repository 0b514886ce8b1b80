import type { ElkNode } from 'elkjs/lib/elk-api.js'
import type { ChartLabels } from '../arrowLabels.ts'
import type { ChartLayout, Route } from '../chartLayout.ts'
import type { Statechart } from '../statechart/readStatechart.ts'
import { backArrows, type ChartParts, chartParts, withDrawnBelow } from './chartParts.ts'
import { arrowId, readPlaces, stateId, toGraph } from './graph.ts'
import { chartStyle, machineStyle, type PictureStyle } from './pictureStyle.ts'
import { withWholeRoutes } from './wholeRoutes.ts'

/** A chart of this package as `<plugin-flow>` shows it, in the chart's own words. */
export function layOutChart(chart: Statechart, labels: ChartLabels): Promise<ChartLayout> {
  return layOut(chart, chartStyle(labels), labels)
}

/** Any machine, as its page shows it. */
export function layOutMachine(chart: Statechart): Promise<ChartLayout> {
  return layOut(chart, machineStyle(chart.edges.length))
}

async function layOut(
  chart: Statechart,
  style: PictureStyle,
  labels?: ChartLabels,
): Promise<ChartLayout> {
  const parts = chartParts(chart, labels)
  const all = withDrawnBelow(parts.root)
  const first = parts.isFramed ? 0 : 1
  const turned = style.isInOrder ? backArrows(parts.root, parts.arrows) : new Set<number>()
  const { graph, boxes, routes } = await placed(parts, style, turned)
  const { initial } = chart.root
  return {
    id: chart.id,
    ...(initial !== undefined && { initial }),
    states: all.slice(first).map(({ state }) => state),
    arrows: parts.arrows,
    picture: {
      width: Math.ceil(graph.width ?? 0),
      height: Math.ceil(graph.height ?? 0),
      boxes: all.slice(first).map((_, index) => boxes.get(stateId(index + first)) ?? []),
      routes: parts.arrows.map((_, index) => {
        const route = routes.get(arrowId(index)) ?? { points: [] }
        return turned.has(index) ? turnedRoute(route) : route
      }),
    },
  }
}

/** A column is laid out anew, in several beside each other; not so that of states within states, whose arrows suffer. */
async function placed(parts: ChartParts, style: PictureStyle, turned: ReadonlySet<number>) {
  const graph = await layOutGraph(toGraph(parts, style, turned))
  const { width = 0, height = 0 } = graph
  const { columns } = style
  const isNested = parts.isFramed || parts.root.states.some(({ states }) => states.length > 0)
  if (!columns || isNested || height < HIGH || height < width * COLUMN) {
    return { graph, ...readPlaces(graph) }
  }
  const wrapped = await layOutGraph(toGraph(parts, { ...style, spacing: columns }, turned))
  return { graph: wrapped, ...withWholeRoutes(wrapped, readPlaces(wrapped)) }
}

/** Of a picture, in pixels, and how often its width goes into its height. */
const HIGH = 1_500
const COLUMN = 2.5

function turnedRoute({ points, ...route }: Route): Route {
  const turned: number[] = []
  for (let index = points.length - 2; index >= 0; index -= 2) {
    turned.push(...points.slice(index, index + 2))
  }
  return { points: turned, ...route }
}

/**
 * Places a graph. It works in this process, and nothing else runs meanwhile.
 *
 * @throws Error that can be shown
 */
export async function layOutGraph(graph: ElkNode): Promise<ElkNode> {
  const elk = await loadElk()
  try {
    return await new elk.default().layout(graph)
  } catch (cause) {
    throw new Error('the layout of the picture failed', { cause })
  }
}

/** An optional peer of this package: it is large, and other charts are laid out when the package is built. */
async function loadElk() {
  try {
    return (await import('elkjs/lib/elk.bundled.js')).default
  } catch (cause) {
    throw new Error(MISSING, { cause })
  }
}

const MISSING =
  'elkjs, which lays out the picture, is missing: npm install elkjs@0.12, with --global beside a global plugin-flow'
