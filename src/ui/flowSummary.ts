import { defined } from '../../machines/defined.ts'
import type { FlowEvent } from '../events/flowEvent.ts'
import { runAt, type Tone, toneOf } from '../viewer/runAt.ts'

/** A run as a row of a list. */
export interface FlowSummary {
  id: string
  kind: 'install' | 'upgrade'
  /** Local name of the plugin, else its reference. */
  name: string
  reference: string
  state: string
  tone: Tone
  /** The kind of answer that it waits for. */
  asks?: 'consent' | 'credentials'
  /** Milliseconds since the epoch. */
  began: number
  ended?: number
}

export function summarize(id: string, events: readonly FlowEvent[]): FlowSummary {
  const run = runAt(events, events.length)
  const { flow, transitions, consent, credentials, outcome, startedAt = 0 } = run
  const reference = flow?.reference ?? ''
  return {
    id,
    kind: flow?.machine === 'pluginUpgrade' ? 'upgrade' : 'install',
    name: flow?.alias ?? reference,
    reference,
    state: transitions.at(-1)?.to ?? '',
    tone: toneOf(run),
    began: startedAt,
    ...defined({
      asks: consent ? ('consent' as const) : credentials ? ('credentials' as const) : undefined,
      ended: outcome?.at,
    }),
  }
}
