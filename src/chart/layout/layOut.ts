import elk from 'elkjs/lib/elk.bundled.js'
import type { ElkNode } from 'elkjs/lib/elk-api.js'
import type { MachineChart, Picture, PicturedChart, Route } from '../chartLayout.ts'
import type { Statechart } from '../statechart/readStatechart.ts'
import { backArrows, chartParts, type DrawnState, withDrawnBelow } from './chartParts.ts'
import { arrowId, readPlaces, startId, stateId, toGraph } from './graph.ts'
import { type PictureStyle, wholeLabels } from './pictureStyle.ts'

/** A machine as its page shows it. */
export async function layOutMachine(chart: Statechart): Promise<MachineChart> {
  const { initial } = chart.root
  const laidOut = await layOut(chart, { wide: wholeLabels(chart.edges.length) })
  return { ...laidOut, ...(initial !== undefined && { initial }) }
}

/** Where everything of a machine stands. */
export async function layOut<Kind extends string>(
  chart: Statechart,
  styles: Readonly<Record<Kind, PictureStyle>>,
): Promise<PicturedChart<Kind>> {
  const parts = chartParts(chart)
  const all = withDrawnBelow(parts.root)
  const first = parts.isFramed ? 0 : 1
  const pictures: [string, Picture][] = []
  for (const [kind, style] of Object.entries<PictureStyle>(styles)) {
    const turned = style.isInOrder ? backArrows(parts.root, parts.arrows) : new Set<number>()
    const graph = await layOutGraph(toGraph(parts, style, turned))
    const { boxes, routes } = readPlaces(graph)
    const route = (id: string) => routes.get(id) ?? { points: [] }
    const arrowRoute = (index: number) =>
      turned.has(index) ? turnedRoute(route(arrowId(index))) : route(arrowId(index))
    pictures.push([
      kind,
      {
        width: Math.ceil(graph.width ?? 0),
        height: Math.ceil(graph.height ?? 0),
        boxes: all.slice(first).map((_, index) => boxes.get(stateId(index + first)) ?? []),
        routes: parts.arrows.map((_, index) => arrowRoute(index)),
        starts: all.flatMap(startOf(boxes, (index) => route(startId(index)).points)),
      },
    ])
  }
  return {
    id: chart.id,
    states: all.slice(first).map(({ state }) => state),
    arrows: parts.arrows,
    ...(Object.fromEntries(pictures) as Record<Kind, Picture>),
  }
}

function startOf(
  boxes: ReadonlyMap<string, readonly number[]>,
  pointsOf: (index: number) => readonly number[],
) {
  return (_: DrawnState, index: number): number[][] => {
    const box = boxes.get(startId(index))
    if (!box) return []
    const [x = 0, y = 0, width = 0, height = 0] = box
    return [[x + width / 2, y + height / 2, ...pointsOf(index)]]
  }
}

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
  try {
    return await new elk.default().layout(graph)
  } catch (cause) {
    throw new Error('the layout of the picture failed', { cause })
  }
}
