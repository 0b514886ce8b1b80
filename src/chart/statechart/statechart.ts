import type { ChartEdge } from '../chart.ts'
import type { ChartState } from '../chartLayout.ts'

/** A machine as plain data: what there is to draw of it. */
export interface Statechart {
  /** The machine's id. */
  id: string
  /** The machine itself, with the states in it. */
  root: StateNode
  /** In the order of XState: those of a state before those of the states in it. One for each target. */
  edges: readonly ChartEdge[]
}

export interface StateNode {
  /** `pulling.streaming`; a dot within a name is written `\.`. Empty for the machine itself. */
  path: string
  /** The last part of it. */
  name: string
  type: ChartState['type']
  description: string
  /** The path of the state that it begins with. */
  initial?: string
  /** Of a history state: it remembers the states within states too. */
  isDeep?: true
  states: readonly StateNode[]
}
