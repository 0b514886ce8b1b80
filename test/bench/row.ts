import { pairedRatios, type Spread, spread } from './statistics.ts'

/** Of a row's ratio (`x`) or, where there is nothing to compare with, of its figure. */
export type Goal = ({ atMost: number } | { atLeast: number }) & { unit: 'x' | Quantity['unit'] }

export interface Quantity {
  value: number
  unit: 'ms' | 's' | 'MB/s' | 'MB' | 'KiB' | 'flows' | 'targets'
}

/** One line of the table. */
export interface Row {
  what: string
  /** The name of what it is compared with. */
  against?: string
  measured?: Quantity
  /** The same of what it is compared with. */
  peer?: Quantity
  /** `measured` divided by `peer`, round by round. */
  ratio?: Spread
  rounds?: number
  goal: Goal
  verdict: 'met' | 'missed' | 'skipped' | 'broke'
  /** Of a row that was skipped or broke. */
  why?: string
}

/** A row before anything of it is measured. */
export type Plan = Pick<Row, 'what' | 'against' | 'goal'>

/** Both sides of every round, in the unit that both were measured in. */
export function compare(
  plan: Plan,
  unit: Quantity['unit'],
  these: readonly number[],
  those: readonly number[],
): Row {
  const ratio = spread(pairedRatios(these, those))
  return {
    ...plan,
    measured: { value: spread(these).median, unit },
    peer: { value: spread(those).median, unit },
    ratio,
    rounds: these.length,
    verdict: judge(plan.goal, plan.goal.unit === 'x' ? ratio.median : spread(these).median),
  }
}

/** A figure that stands for itself. */
export function report(plan: Plan, measured: Quantity, rounds: number): Row {
  return { ...plan, measured, rounds, verdict: judge(plan.goal, measured.value) }
}

export function skip(plan: Plan, why: string): Row {
  return { ...plan, verdict: 'skipped', why }
}

export function broke(plan: Plan, error: unknown): Row {
  const why = error instanceof Error ? error.message : String(error)
  return { ...plan, verdict: 'broke', why }
}

function judge(goal: Goal, figure: number): 'met' | 'missed' {
  const isMet = 'atMost' in goal ? figure <= goal.atMost : figure >= goal.atLeast
  return isMet ? 'met' : 'missed'
}
