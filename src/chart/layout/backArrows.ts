import type { ChartArrow } from '../chartLayout.ts'
import type { DrawnState } from './chartParts.ts'

/** The arrows that lead from a later state to an earlier one, or from a state in one to a state in the other. */
export function backArrows(root: DrawnState, arrows: readonly ChartArrow[]): ReadonlySet<number> {
  const positions = new Map<string, readonly number[]>()
  const note = ({ state, states }: DrawnState, position: readonly number[]) => {
    positions.set(state.path, position)
    for (const [index, below] of states.entries()) note(below, [...position, index])
  }
  note(root, [])
  const back = new Set<number>()
  for (const [index, { from, to }] of arrows.entries()) {
    if (isBefore(positions.get(to) ?? [], positions.get(from) ?? [])) back.add(index)
  }
  return back
}

/** A state is neither before nor after those that it is in. */
function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((index, level) => index !== other[level])
  const [mine, yours] = [one[at], other[at]]
  return mine !== undefined && yours !== undefined && mine < yours
}
