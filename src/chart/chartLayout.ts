/** A statechart with where everything stands: made when the package is built, drawn when it runs. */
export interface ChartLayout {
  /** The machine's id. */
  id: string
  /** The path of the state that the machine begins with; a parallel one begins with all. */
  initial?: string
  states: readonly ChartState[]
  /** Transitions that leave a state; those between the same two states share an arrow. */
  arrows: readonly ChartArrow[]
  picture: Picture
}

export interface ChartState {
  /** `pulling.streaming` */
  path: string
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  description: string
  /** The state that it begins with; of compound states. */
  initial?: string
  /** The name in its box, where that is not the last part of its path. */
  name?: string
  /** The transitions that do not leave it: `consent.grant [asksPerson]`. */
  stays?: readonly string[]
  /** As much of that as there is room for below its name. */
  lines?: readonly string[]
  /** It runs beside others, in a parallel state. */
  isRegion?: true
}

export interface ChartArrow {
  from: string
  to: string
  /** `done(pluginPull)`, `consent.grant [asksPerson]` */
  events: readonly string[]
  /** The meaning of each of them, in the words of the chart: `granted`. Absent where the chart has none. */
  labels?: readonly string[]
}

export interface Picture {
  width: number
  height: number
  /** By the order of `states`: left, top, width, height. */
  boxes: readonly (readonly number[])[]
  /** By the order of `arrows`. */
  routes: readonly Route[]
}

export interface Route {
  /** x and y of each point in turn. */
  points: readonly number[]
  /** The middle of the first line, then the lines. */
  label?: { x: number; y: number; lines: readonly string[] }
}
