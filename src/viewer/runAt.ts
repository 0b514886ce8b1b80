import type { ChartArrow, ChartLayout } from '../chart/chartLayout.ts'
import type {
  ConsentAsked,
  CredentialsAsked,
  FlowEvent,
  FlowStarted,
  OutcomeReached,
  ProgressMade,
  ShownQueued,
  ShownRetry,
  TransitionTaken,
} from '../events/flowEvent.ts'

/** The state of a run after some of its events. */
export interface RunState {
  flow?: FlowStarted
  /** In their order. */
  transitions: readonly TransitionTaken[]
  progress?: ProgressMade['progress']
  /** The attempt that is waited for, until the flow goes on. */
  retry?: ShownRetry
  /** While it waits for its place, until the flow goes on. */
  queued?: ShownQueued
  /** Open until the next transition. */
  consent?: ConsentAsked
  /** The last one that was open before. */
  consentBefore?: ConsentAsked
  credentials?: CredentialsAsked['request']
  outcome?: OutcomeReached
  /** When the first and the last of these events happened. */
  startedAt?: number
  at?: number
}

/** The state after the first `count` events. */
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
      const { consent, credentials: _, retry: __, queued: ___, ...rest } = run
      return { ...rest, ...(consent && { consentBefore: consent }) }
    }
    case 'progress': {
      const { retry: _, queued: __, ...rest } = run
      return { ...rest, progress: event.progress }
    }
    case 'retry': {
      const { queued: _, ...rest } = run
      return { ...rest, retry: event.retry }
    }
    case 'queued':
      return { ...run, queued: event.queued }
    case 'consent':
      return { ...run, consent: event }
    case 'credentials':
      return { ...run, credentials: event.request }
    case 'outcome':
      return { ...run, outcome: event }
    case 'ignored':
      return run
  }
}

/** The number of events up to the end of a step: all before the next transition. */
export function countAtStep(events: readonly FlowEvent[], step: number): number {
  let seen = -1
  for (const [index, { type }] of events.entries()) {
    if (type !== 'transition') continue
    seen++
    if (seen > step) return index
  }
  return events.length
}

/** No chart of ours passes more states at once. */
const MOST_PASSED = 3

/**
 * The arrows of the chart that a transition took: several where it passed states that are left at once. None where the
 * chart has no such way.
 */
export function arrowsOf(
  layout: ChartLayout,
  { from, to, event }: TransitionTaken,
): readonly ChartArrow[] {
  if (from === undefined) return []
  const on = arrowsOn(layout, from, event)
  const direct = layout.arrows.find(
    (arrow) => withAncestors(from).includes(arrow.from) && entered(layout, arrow.to) === to,
  )
  return passing(layout, on, to, MOST_PASSED) ?? (direct ? [direct] : [])
}

/** The first of these arrows, and those behind it, that lead to a state. */
function passing(
  layout: ChartLayout,
  arrows: readonly ChartArrow[],
  to: string,
  most: number,
): readonly ChartArrow[] | undefined {
  const last = arrows.find((arrow) => entered(layout, arrow.to) === to)
  if (last) return [last]
  if (most === 0) return undefined
  for (const arrow of arrows) {
    const next = arrowsOn(layout, entered(layout, arrow.to), 'always')
    const rest = passing(layout, next, to, most - 1)
    if (rest) return [arrow, ...rest]
  }
  return undefined
}

/** The meaning of a transition in the words of its chart: `granted`; its event where the chart has no words. */
export function meaningOf(layout: ChartLayout, transition: TransitionTaken): string {
  const meanings = arrowsOf(layout, transition).map((arrow, index) =>
    meaningOn(arrow, index === 0 ? transition.event : 'always'),
  )
  return meanings.join(', ') || transition.event
}

/** The same for one arrow. The event does not say which of several guards has decided. */
export function meaningOn({ events, labels = [] }: ChartArrow, event: string): string {
  const meanings = labels.filter((_, index) => isOn(events[index], event))
  return [...new Set(meanings)].join(' or ') || event
}

/** `consent.grant [asksPerson]` is a transition on `consent.grant`. */
function isOn(transition: string | undefined, event: string): boolean {
  return transition?.split(' ')[0] === event
}

function arrowsOn({ arrows }: ChartLayout, state: string, event: string): ChartArrow[] {
  const sources = withAncestors(state)
  return arrows.filter(
    ({ from, events }) => sources.includes(from) && events.some((name) => isOn(name, event)),
  )
}

/** The state that is active once a state was entered. */
function entered(layout: ChartLayout, path: string): string {
  const initial = layout.states.find((state) => state.path === path)?.initial
  return initial === undefined ? path : entered(layout, initial)
}

/** `pulling` and `pulling.streaming`. */
export function withAncestors(path: string): string[] {
  const parts = path.split('.')
  return path === '' ? [] : parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

/**
 * Whether a state says that all is well, or that the flow is going back or has gone back. All machines
 * name these states alike.
 */
export function moodOf(state: string): 'good' | 'bad' | undefined {
  if (state === 'done') return 'good'
  return /^(?:rollingBack|rolledBack|stranded)\b/.test(state) ? 'bad' : undefined
}

/** How a run stands; what a person has stopped is not a failure. */
export function toneOf({ outcome, transitions, consent, credentials }: RunState): Tone {
  if (outcome) return endToneOf(outcome.outcome)
  if (consent || credentials) return 'asking'
  return moodOf(transitions.at(-1)?.to ?? '') ?? 'working'
}

export type Tone = 'good' | 'bad' | 'stopped' | 'asking' | 'working'

export function endToneOf(outcome: OutcomeReached['outcome']): 'good' | 'bad' | 'stopped' {
  if (outcome.state === 'done') return 'good'
  const isStopped = /^(?:cancelled|consent-denied)$/.test(outcome.failure.code)
  return isStopped && outcome.state === 'rolledBack' ? 'stopped' : 'bad'
}

/** A state that the run was in. */
export interface Visit {
  transition: TransitionTaken
  /** When it was left. */
  left?: number
  /** The attempts after the first in it. */
  retries: readonly ShownRetry[]
  /** Answers in it that changed nothing, by their events. */
  ignored: readonly string[]
}

/** Every state that the run has entered, in order. */
export function visitsOf(events: readonly FlowEvent[]): Visit[] {
  const visits: Visit[] = []
  for (const event of events) {
    const last = visits.at(-1)
    if (event.type === 'transition') {
      if (last) last.left = event.at
      visits.push({ transition: event, retries: [], ignored: [] })
    } else if (event.type === 'retry' && last) last.retries = [...last.retries, event.retry]
    else if (event.type === 'ignored' && last) last.ignored = [...last.ignored, event.event]
    else if (event.type === 'outcome' && last) last.left = event.at
  }
  return visits
}
