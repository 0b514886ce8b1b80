import type { Plan, Row } from './row.ts'

/** Rows that are measured together. */
export interface Part {
  /** As it is named on the command line. */
  name: string
  /** The rows that are printed when it cannot be measured. */
  plans: readonly Plan[]
  measure(): Promise<Row[]>
}
