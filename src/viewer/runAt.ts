import type {
  FlowEvent,
  FlowStarted,
  ShownConsentRequest,
  ShownOutcome,
  ShownRetry,
  TransitionTaken,
} from '../events/flowEvent.ts'

/** What is true of a run after some of its events. */
export interface RunState {
  flow?: FlowStarted
  /** In their order. */
  transitions: readonly TransitionTaken[]
  progress?: ProgressOf
  /** What is tried again, until something comes of it. */
  retry?: ShownRetry
  /** Open until the next transition. */
  consent?: ShownConsentRequest
  credentials?: CredentialsOf
  outcome?: ShownOutcome
  /** When the first and the last of these events happened. */
  startedAt?: number
  at?: number
}

type ProgressOf = Extract<FlowEvent, { type: 'progress' }>['progress']
type CredentialsOf = Extract<FlowEvent, { type: 'credentials' }>['request']

/** What is true after the first `count` events. */
export function runAt(events: readonly FlowEvent[], count: number): RunState {
  const transitions: TransitionTaken[] = []
  let run: RunState = { transitions }
  for (let index = 0; index < count; index++) {
    const event = events[index]
    if (!event) break
    if (event.type === 'transition') transitions.push(event)
    run = { ...after(run, event), startedAt: run.startedAt ?? event.at, at: event.at }
  }
  return run
}

function after(run: RunState, event: FlowEvent): RunState {
  switch (event.type) {
    case 'flow':
      return { ...run, flow: event }
    case 'transition': {
      const { consent: _, credentials: __, retry: ___, ...rest } = run
      return rest
    }
    case 'progress': {
      const { retry: _, ...rest } = run
      return { ...rest, progress: event.progress }
    }
    case 'retry':
      return { ...run, retry: event.retry }
    case 'consent':
      return { ...run, consent: event.request }
    case 'credentials':
      return { ...run, credentials: event.request }
    case 'outcome':
      return { ...run, outcome: event.outcome }
  }
}

/** How many events there are up to the end of a step: all before the next transition. */
export function countAtStep(events: readonly FlowEvent[], step: number): number {
  let seen = -1
  for (const [index, { type }] of events.entries()) {
    if (type !== 'transition') continue
    seen++
    if (seen > step) return index
  }
  return events.length
}
