import type { ChartArrow, ChartLayout, ChartState, Route } from './chartLayout.ts'

/** How far along the other axis than before, the first one down or up; or along both. */
type Step = number | readonly [x: number, y: number]

type PackedState = readonly [
  ...box: number[],
  state: Omit<ChartState, 'type'> & Partial<ChartState>,
]

/** Events and their labels in turn, and what is relative to the box that the arrow leaves. */
type PackedArrow = readonly [
  from: number,
  to: number,
  meanings: string,
  steps: readonly Step[],
  ...label: [] | [x: number, y: number, lines: string],
]

/** A laid-out chart in fewer bytes: the element holds those of all machines. */
export interface PackedLayout extends Pick<ChartLayout, 'id' | 'initial'> {
  size: readonly [width: number, height: number]
  states: readonly PackedState[]
  arrows: readonly PackedArrow[]
}

const BETWEEN = '|'

export function packLayout({ states, arrows, picture, ...layout }: ChartLayout): PackedLayout {
  const indexOf = (path: string) => states.findIndex((state) => state.path === path)
  return {
    ...layout,
    size: [picture.width, picture.height],
    states: states.map(({ type, ...state }, index) => [
      ...(picture.boxes[index] ?? []),
      { ...state, ...(type !== 'atomic' && { type }) },
    ]),
    arrows: arrows.map(({ from, to, events, labels = [] }, index): PackedArrow => {
      const [x = 0, y = 0] = picture.boxes[indexOf(from)] ?? []
      const { points = [], label } = picture.routes[index] ?? {}
      const meanings = events.flatMap((event, place) => [event, labels[place] ?? ''])
      const lines = label?.lines.join(BETWEEN) ?? ''
      const isKnown = lines === namesOf(labels).join(BETWEEN)
      const steps = packPoints(points, x, y)
      const packed = [indexOf(from), indexOf(to), meanings.join(BETWEEN), steps] as const
      return label ? [...packed, label.x - x, label.y - y, isKnown ? '' : lines] : packed
    }),
  }
}

export function unpackLayout({ size, states, arrows, ...layout }: PackedLayout): ChartLayout {
  const [width, height] = size
  const boxes = states.map((state) => state.slice(0, 4) as number[])
  const routes: Route[] = []
  const paths = states.map(
    (state): ChartState =>
      ({ type: 'atomic', ...(state.at(-1) as Partial<ChartState>) }) as ChartState,
  )
  const drawn = arrows.map(([from, to, meanings, steps, left, top, lines]): ChartArrow => {
    const [x = 0, y = 0] = boxes[from] ?? []
    const words = meanings.split(BETWEEN)
    const labels = words.filter((_, index) => index % 2)
    const points = unpackPoints(steps, x, y)
    routes.push(
      left === undefined || top === undefined
        ? { points }
        : {
            points,
            label: {
              x: x + left,
              y: y + top,
              lines: lines ? lines.split(BETWEEN) : namesOf(labels),
            },
          },
    )
    const [source, target] = [paths[from]?.path ?? '', paths[to]?.path ?? '']
    return { from: source, to: target, events: words.filter((_, index) => !(index % 2)), labels }
  })
  return { ...layout, states: paths, arrows: drawn, picture: { width, height, boxes, routes } }
}

function namesOf(labels: readonly string[]): string[] {
  return [...new Set(labels)].filter(Boolean)
}

function packPoints(points: readonly number[], x: number, y: number): Step[] {
  const before = [x, y]
  const steps: Step[] = []
  for (let at = 0; at < points.length; at += 2) {
    const [right = 0, down = 0] = before.map((from, axis) => (points[at + axis] ?? 0) - from)
    const isDown = steps.length % 2 === 1
    const isTurn = at > 0 && (isDown ? right : down) === 0
    steps.push(isTurn ? (isDown ? down : right) : [right, down])
    before.splice(0, 2, points[at] ?? 0, points[at + 1] ?? 0)
  }
  return steps
}

function unpackPoints(steps: readonly Step[], x: number, y: number): number[] {
  const point: [number, number] = [x, y]
  return steps.flatMap((step, index) => {
    const [right, down] = typeof step !== 'number' ? step : index % 2 ? [0, step] : [step, 0]
    point[0] += right
    point[1] += down
    return [...point]
  })
}
