import type { ElkNode } from 'elkjs/lib/elk-api.js'
import type { Route } from '../chartLayout.ts'
import type { Places } from './graph.ts'

/**
 * The places of a graph that was laid out in columns. There, elkjs loses the way of an edge that leads over
 * a whole column: such an arrow is drawn straight.
 */
export function withWholeRoutes({ edges = [] }: ElkNode, { boxes, routes }: Places): Places {
  const whole = edges.map(({ id, sources, targets }): [string, Route] => {
    const [from, to] = [boxes.get(sources[0] ?? ''), boxes.get(targets[0] ?? '')]
    const route = routes.get(id) ?? { points: [] }
    const { points } = route
    if (!from || !to) return [id, route]
    const isWhole = isAt(from, points.slice(0, 2)) && isAt(to, points.slice(-2))
    return [id, isWhole ? route : straight(from, to, route)]
  })
  return { boxes, routes: new Map(whole) }
}

type Box = readonly number[]
type Point = readonly [x: number, y: number]

/** On the border of a box, but for what is rounded. */
function isAt([left = 0, top = 0, width = 0, height = 0]: Box, [x, y]: Box): boolean {
  if (x === undefined || y === undefined) return false
  const isWithin = (low: number, at: number, size: number) => at >= low - 2 && at <= low + size + 2
  const isEnd = (low: number, at: number, size: number) =>
    Math.min(Math.abs(at - low), Math.abs(at - low - size)) <= 2
  return (
    isWithin(left, x, width) &&
    isWithin(top, y, height) &&
    (isEnd(left, x, width) || isEnd(top, y, height))
  )
}

/** From border to border; its name stands nearer to its beginning, away from where many arrows meet. */
function straight(from: Box, to: Box, { label }: Route): Route {
  const [start, end] = [borderPoint(from, middleOf(to)), borderPoint(to, middleOf(from))]
  const points = [...start, ...end].map(Math.round)
  if (!label) return { points }
  const [x, y] = [0, 1].map((axis) => Math.round((start[axis] ?? 0) * 0.7 + (end[axis] ?? 0) * 0.3))
  return { points, label: { ...label, x: x ?? 0, y: y ?? 0 } }
}

function middleOf([left = 0, top = 0, width = 0, height = 0]: Box): Point {
  return [left + width / 2, top + height / 2]
}

/** Where the way from the middle of a box towards a point leaves it. */
function borderPoint(box: Box, towards: Point): Point {
  const [x, y] = middleOf(box)
  const [, , width = 0, height = 0] = box
  const [right, down] = [towards[0] - x || 1, towards[1] - y]
  const part = Math.min(width / 2 / Math.abs(right), height / 2 / (Math.abs(down) || 0.001))
  return [x + right * part, y + down * part]
}
