import type { PicturedChart } from './chartLayout.ts'

/** What the page of a machine is given to draw. */
export type MachineChart = PicturedChart<'wide'> & {
  /** The path of the state that the machine begins with; a parallel one begins with all. */
  initial?: string
}
