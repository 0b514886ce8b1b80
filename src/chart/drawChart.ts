import { visible } from '../text/visible.ts'
import { escapeText, openTag } from '../text/xml.ts'
import type { ChartArrow, ChartLayout, ChartState, Route } from './chartLayout.ts'

/** An element of a picture, from which a page and a file make SVG alike. */
export interface Shape {
  tag: string
  attributes: Readonly<Record<string, string | number>>
  children: readonly (Shape | string)[]
}

const CORNER = 6
const HEAD = 5
/** Of what is written at arrows and in boxes. */
export const LINE_HEIGHT = 15

/** The whole chart. States carry `data-state`, arrows and their labels `data-from` and `data-to`. */
export function drawChart(layout: ChartLayout, name: string): Shape {
  const { states, arrows, picture, initial } = layout
  const { width, height, boxes, routes } = picture
  const initials = new Set([initial, ...states.map((state) => state.initial)])
  return shape('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' }, [
    shape('title', {}, [name]),
    ...states.map((state, index) => drawBox(state, boxes[index] ?? [])),
    ...states.flatMap(({ path }, index) =>
      initials.has(path) ? [drawStart(boxes[index] ?? [])] : [],
    ),
    ...arrows.map((arrow, index) => drawArrow(arrow, routes[index])),
    // Labels are above all arrows, so that no arrow crosses a name.
    ...arrows.map((arrow, index) => drawLabel(arrow, routes[index])),
  ])
}

function drawBox(state: ChartState, box: readonly number[]): Shape {
  const { path, type, description, name, lines = [], isRegion } = state
  const [x = 0, y = 0, width = 0, height = 0] = box
  const isOuter = type === 'compound' || type === 'parallel'
  const frame = { x, y, width, height, rx: isOuter ? 12 : 9 }
  const inner = { x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: 6 }
  const middle = isOuter ? { x: x + 12 } : { x: x + width / 2, 'text-anchor': 'middle' }
  const top = isOuter ? y + 19 : y + (height - lines.length * LINE_HEIGHT) / 2 + 4.5
  return shape('g', { 'data-state': path, class: `state ${type}${isRegion ? ' region' : ''}` }, [
    ...(description ? [shape('title', {}, [description])] : []),
    shape('rect', { ...frame, class: 'box' }),
    ...(type === 'final' ? [shape('rect', { ...inner, class: 'inner' })] : []),
    shape('text', { ...middle, y: top }, [name ?? path.slice(path.lastIndexOf('.') + 1)]),
    ...lines.map((line, index) =>
      shape('text', { ...middle, y: top + (index + 1) * LINE_HEIGHT, class: 'inside' }, [line]),
    ),
  ])
}

/** A dot above the right end of the box that a state begins with. */
function drawStart([left = 0, top = 0, width = 0]: readonly number[]): Shape {
  const x = left + width - 12
  return shape('g', { class: 'start' }, [
    shape('circle', { cx: x, cy: top - 13, r: 4 }),
    shape('path', { d: head([x, top - 13, x, top]), class: 'head' }),
  ])
}

function drawArrow({ from, to, events }: ChartArrow, route: Route | undefined): Shape {
  const { points = [], label } = route ?? {}
  const name = label ? 'arrow' : 'arrow unnamed'
  return shape('g', { 'data-from': from, 'data-to': to, class: name }, [
    shape('title', {}, [`${from} → ${to}: ${events.join(', ')}`]),
    shape('path', { d: line(points), class: 'line' }),
    shape('path', { d: head(points), class: 'head' }),
  ])
}

/** An arrow without a label has an empty one, in the middle of its longest part. */
function drawLabel({ from, to }: ChartArrow, { points = [], label }: Partial<Route> = {}): Shape {
  const { x, y, lines = [] } = label ?? middleOf(points)
  const spans = lines.map((text, index) =>
    shape('tspan', { x, y: y + 12 + index * LINE_HEIGHT }, [text]),
  )
  const attributes = { 'data-from': from, 'data-to': to, class: 'label', 'text-anchor': 'middle' }
  return shape('text', { ...attributes, x, y: y + 12 }, spans)
}

function middleOf(points: readonly number[]): NonNullable<Route['label']> {
  const steps = pairs(points)
  let longest = 0
  let middle: Point = [0, 0]
  for (const [index, step] of steps.slice(1).entries()) {
    const before = steps[index] ?? step
    const length = distance(before, step)
    if (length <= longest) continue
    longest = length
    middle = [(before[0] + step[0]) / 2, (before[1] + step[1]) / 2]
  }
  return { x: middle[0], y: middle[1], lines: [] }
}

/** A way along the points, round at its corners, that ends where the head begins. */
function line(points: readonly number[]): string {
  const steps = pairs(points)
  const [first, ...rest] = steps
  if (!first) return ''
  return rest.reduce(
    (way, point, index) => {
      const before = steps[index] ?? first
      const next = steps[index + 2]
      if (!next) return `${way}L${at(towards(point, before, HEAD))}`
      const size = Math.min(CORNER, distance(before, point) / 2, distance(point, next) / 2)
      return `${way}L${at(towards(point, before, size))}Q${at(point)} ${at(towards(point, next, size))}`
    },
    `M${at(first)}`,
  )
}

/** The head of an arrow, in its last direction. */
function head(points: readonly number[]): string {
  const steps = pairs(points)
  const [before, end] = steps.slice(-2)
  if (!before || !end) return ''
  const [x, y] = towards(end, before, HEAD + 2)
  const [sideX, sideY] = [((end[1] - y) * HEAD) / (HEAD + 4), ((end[0] - x) * HEAD) / (HEAD + 4)]
  return `M${at(end)}L${at([x - sideX, y + sideY])}L${at([x + sideX, y - sideY])}Z`
}

type Point = readonly [x: number, y: number]

function pairs(points: readonly number[]): Point[] {
  return points.flatMap((x, index) =>
    index % 2 === 0 ? [[x, points[index + 1] ?? 0] as const] : [],
  )
}

function towards([x, y]: Point, other: Point, length: number): Point {
  const part = length / (distance([x, y], other) || 1)
  return [x + (other[0] - x) * part, y + (other[1] - y) * part]
}

function distance([x, y]: Point, [otherX, otherY]: Point): number {
  return Math.hypot(otherX - x, otherY - y)
}

function at([x, y]: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function shape(
  tag: string,
  attributes: Shape['attributes'],
  children: Shape['children'] = [],
): Shape {
  const shown = children.map((child) => (typeof child === 'string' ? visible(child) : child))
  return { tag, attributes, children: shown }
}

/** A laid-out chart as an SVG file that needs nothing else, on light and dark. */
export function toSvg(layout: ChartLayout): string {
  const drawn = drawChart(layout, `Statechart of ${layout.id}`)
  const style: Shape = { tag: 'style', attributes: {}, children: [STYLE] }
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...drawn.attributes }
  return `${write({ ...drawn, attributes, children: [style, ...drawn.children] })}\n`
}

const STYLE = `
svg { --back: #fff; --box: #f7f8fa; --edge: #9aa3b2; --text: #171b23; background: var(--back) }
text { font: 600 13px system-ui, sans-serif; fill: var(--text) }
.label { font: 12px system-ui, sans-serif; stroke: var(--back); stroke-width: 4px; paint-order: stroke }
.box { fill: var(--box); stroke: var(--edge) }
.inner, .line { fill: none; stroke: var(--edge) }
.head, circle { fill: var(--edge) }
@media (prefers-color-scheme: dark) {
  svg { --back: #10141b; --box: #181d27; --edge: #66728a; --text: #e8ecf3 }
}
`

function write(shape: Shape | string): string {
  if (typeof shape === 'string') return escapeText(shape)
  const { tag, attributes, children } = shape
  return `${openTag(tag, attributes)}>${children.map(write).join('')}</${tag}>`
}
