/** A statechart with where everything stands: made when the package is built, drawn when it runs. */
export interface ChartLayout {
  /** The machine's id. */
  id: string
  states: readonly ChartState[]
  /** Transitions that leave a state; those between the same two states share an arrow. */
  arrows: readonly ChartArrow[]
  /** With the names of the events at the arrows. */
  wide: Picture
  /** Without them, for narrow places. */
  narrow: Picture
}

/** The same with other pictures, or with only one. */
export type PicturedChart<Kind extends string> = Pick<ChartLayout, 'id' | 'states' | 'arrows'> &
  Readonly<Record<Kind, Picture>>

export interface ChartState {
  /** `pulling.streaming` */
  path: string
  type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  description: string
  /** The state that it begins with; of compound states. */
  initial?: string
  /** What its box shows, where that is not the last part of its path. */
  name?: string
  /** What happens in it without leaving it: `consent.grant [asksPerson]`. */
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
}

export interface Picture {
  width: number
  height: number
  /** By the order of `states`: left, top, width, height. */
  boxes: readonly (readonly number[])[]
  /** By the order of `arrows`. */
  routes: readonly Route[]
  /** Where states are entered: the middle of the dot, then the points of its arrow. */
  starts: readonly (readonly number[])[]
}

export interface Route {
  /** x and y of each point in turn. */
  points: readonly number[]
  /** The middle of the first line, then the lines. */
  label?: { x: number; y: number; lines: readonly string[] }
}

/** What the page of a machine is given to draw. */
export type MachineChart = PicturedChart<'wide'> & {
  /** The path of the state that the machine begins with; a parallel one begins with all. */
  initial?: string
}
