import type { FlowEvent, MachineEvents } from './flowEvent.ts'
import { byMachine, type FlowEventsOptions } from './flowEvents.ts'

/** A flow as plain data, such as in a journal. */
interface FlowSnapshot {
  machine?: string
  state: string
  outcome?: unknown
}

/** The events of a flow of which only a snapshot is known: the state that it is in, and its outcome. */
export function snapshotEvents(
  snapshot: FlowSnapshot,
  at: number,
  about: FlowEventsOptions = {},
): FlowEvent[] {
  const machine = (snapshot.machine ?? 'pluginInstall') as keyof MachineEvents
  const show = byMachine[machine]
  const { state, outcome } = snapshot
  const events = [
    { type: 'flow', machine, ...show.start(snapshot), ...about },
    { type: 'transition', to: state, event: 'recorded' },
    ...(outcome ? [{ type: 'outcome', machine, outcome: show.outcome(outcome) }] : []),
  ]
  return events.map((event, index) => ({ ...event, sequence: index + 1, at }) as FlowEvent)
}
