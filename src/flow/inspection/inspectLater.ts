import type { InspectionEvent } from 'xstate'
import type { FlowOptions } from '../types.ts'

/**
 * `inspectFlow`, loaded for the flows that are inspected: few are. What happens until it is there is
 * kept, and told then in its order.
 */
export function inspectLater(
  inspect: NonNullable<FlowOptions['inspect']>,
): (event: InspectionEvent) => void {
  const early: InspectionEvent[] = []
  let tell = (event: InspectionEvent): void => {
    early.push(event)
  }
  const begin = ({ inspectFlow }: typeof import('./inspectFlow.ts')) => {
    const later = inspectFlow(inspect)
    // What an observer brings about while it is told comes after what it is told.
    for (const event of early) later(event)
    tell = later
  }
  const giveUp = () => {
    // The flow, whose other parts are not there either, says so itself.
    tell = () => {}
  }
  void import('./inspectFlow.ts').then(begin, giveUp)
  return (event) => tell(event)
}
