import { Observable, Subject } from 'rxjs'
import type { ConsentRequest } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import { eventLabel } from '../chart/chart.ts'
import type { WatchedFlow } from '../flow/types.ts'
import { createEventLog } from './eventLog.ts'
import type { FlowEvent, FlowStarted, MachineEvents } from './flowEvent.ts'
import { showInstall } from './installEvents.ts'
import { showUpgrade } from './upgradeEvents.ts'

/** Facts about the engine that the host knows, and a flow does not. */
export interface FlowEventsOptions {
  /** The engine's address, as people know it. */
  engine?: string
  /** The engine downloads, runs and keeps nothing. */
  simulated?: boolean
}

/** A flow of a machine that has events. */
export type ShownFlow = WatchedFlow<{ outcome?: unknown }> & {
  readonly actor: { getSnapshot(): { readonly machine: { readonly id: string } } }
}

/** Makes the events of the flows of one machine. */
interface Show {
  start(snapshot: unknown): Pick<FlowStarted, 'reference' | 'alias'>
  request(request: ConsentRequest, snapshot: unknown): object
  outcome(outcome: unknown): object
}

/** The events of each machine: a machine has its own file. */
export const byMachine: Readonly<Record<keyof MachineEvents, Show>> = {
  pluginInstall: showInstall,
  pluginUpgrade: showUpgrade,
}

type Unnumbered<Event> = Event extends FlowEvent ? Omit<Event, 'sequence' | 'at'> : never

/**
 * A flow as plain JSON events, for `<plugin-flow>`, for a file, or for a stream to somewhere else. Every
 * subscriber gets all of them from the first, however late it subscribes; of progress it gets what is kept
 * (see `FlowEvent`). Call it when the flow is started: earlier events are missing. Completes with the
 * flow. No event holds a secret.
 */
export function flowEvents(flow: ShownFlow, about: FlowEventsOptions = {}): Observable<FlowEvent> {
  const machine = flow.actor.getSnapshot().machine.id as keyof MachineEvents
  const show = byMachine[machine]
  const log = createEventLog()
  const added = new Subject<void>()
  let sequence = 0
  let hasEnded = false
  const add = (event: Unnumbered<FlowEvent>, at = Date.now()) => {
    sequence += 1
    log.add({ ...event, sequence, at })
    added.next()
  }
  const end = () => {
    const { outcome } = flow.snapshot()
    if (outcome) add({ type: 'outcome', machine, outcome: show.outcome(outcome) } as never)
    hasEnded = true
    added.next()
  }

  add({ type: 'flow', machine, ...show.start(flow.snapshot()), ...about })
  flow.transition$.subscribe(({ from, to, event, at }) => {
    add({ type: 'transition', ...defined({ from }), to, event: eventLabel(event.type) }, at)
  })
  flow.progress$.subscribe((progress) => add({ type: 'progress', progress }))
  flow.retry$.subscribe(({ at, ...retry }) => add({ type: 'retry', retry }, at))
  flow.queued$.subscribe(({ at, ...queued }) => add({ type: 'queued', queued }, at))
  flow.ignored$.subscribe(({ event, at }) => add({ type: 'ignored', event: event.type }, at))
  flow.consent$.subscribe((request) => {
    add({ type: 'consent', machine, request: show.request(request, flow.snapshot()) } as never)
  })
  // These complete last.
  flow.credentials$.subscribe({
    next: (request) => add({ type: 'credentials', request }),
    complete: end,
  })

  return new Observable((subscriber) => {
    let sent = 0
    let isSending = false
    const catchUp = () => {
      // A subscriber that answers an event while it handles it gets the next event afterwards.
      if (isSending) return
      isSending = true
      for (let next = log.after(sent); next && !subscriber.closed; next = log.after(sent)) {
        sent = next.sequence
        subscriber.next(next)
      }
      isSending = false
      if (hasEnded) subscriber.complete()
    }
    subscriber.add(added.subscribe(catchUp))
    catchUp()
  })
}

/** Returns the events of a flow that are kept by now. */
export function eventsSoFar(events$: Observable<FlowEvent>): FlowEvent[] {
  const events: FlowEvent[] = []
  events$.subscribe((event) => events.push(event)).unsubscribe()
  return events
}
