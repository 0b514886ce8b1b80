import type { ChartLayout, Picture, Route } from './chartLayout.ts'

/** A step along the other axis than that before, the first one down or up; or both coordinates of where it leads. */
type Step = number | readonly [x: number, y: number]

/** A laid-out chart in fewer bytes: most routes turn a right angle at each of their points. */
export type PackedLayout = Omit<ChartLayout, 'wide' | 'narrow'> &
  Readonly<Record<'wide' | 'narrow', Packed>>
type Packed = Omit<Picture, 'routes'> & {
  routes: readonly (Omit<Route, 'points'> & { steps: readonly Step[] })[]
}

export function packRoutes({ wide, narrow, ...layout }: ChartLayout): PackedLayout {
  return { ...layout, wide: packPicture(wide), narrow: packPicture(narrow) }
}

export function unpackRoutes({ wide, narrow, ...layout }: PackedLayout): ChartLayout {
  return { ...layout, wide: unpackPicture(wide), narrow: unpackPicture(narrow) }
}

function packPicture({ routes, ...picture }: Picture): Packed {
  const pack = ({ points, ...route }: Route) => ({ ...route, steps: packPoints(points) })
  return { ...picture, routes: routes.map(pack) }
}

function unpackPicture({ routes, ...picture }: Packed): Picture {
  return {
    ...picture,
    routes: routes.map(({ steps, ...route }) => ({ ...route, points: unpackPoints(steps) })),
  }
}

function packPoints(points: readonly number[]): Step[] {
  const [x = 0, y = 0] = points
  const before = [x, y]
  const steps: Step[] = [[x, y]]
  for (let at = 2; at < points.length; at += 2) {
    const next = [points[at] ?? 0, points[at + 1] ?? 0] as const
    const axis = steps.length % 2
    const isTurn = next[1 - axis] === before[1 - axis]
    steps.push(isTurn ? (next[axis] ?? 0) : next)
    before.splice(0, 2, ...next)
  }
  return steps
}

function unpackPoints(steps: readonly Step[]): number[] {
  const point = [0, 0]
  return steps.flatMap((step, index) => {
    if (typeof step === 'number') point[index % 2] = step
    else point.splice(0, 2, ...step)
    return point
  })
}
