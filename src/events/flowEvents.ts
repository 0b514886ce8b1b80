import { Observable, Subject } from 'rxjs'
import type { ConsentRequest } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import { keyOf, textOf } from '../../machines/settings.ts'
import { eventLabel } from '../chart/chart.ts'
import type { PluginInstall } from '../flow/types.ts'
import { createEventLog } from './eventLog.ts'
import type { FlowEvent, ShownConsentRequest, ShownOutcome } from './flowEvent.ts'

/** What the host knows of the engine, and a flow does not. */
export interface FlowEventsOptions {
  /** The engine's address, as people know it. */
  engine?: string
  /** The engine downloads, runs and keeps nothing. */
  simulated?: boolean
}

type Unnumbered<Event> = Event extends FlowEvent ? Omit<Event, 'sequence' | 'at'> : never

/**
 * A flow as plain JSON events, for `<plugin-flow>`, for a file, or for a stream to somewhere else. Every
 * subscriber gets all of them from the first, however late it subscribes; of progress it gets what is kept
 * (see `FlowEvent`). Call it when the flow is started: earlier events are missing. Completes with the
 * flow. No event holds a secret.
 */
export function flowEvents(
  flow: PluginInstall,
  about: FlowEventsOptions = {},
): Observable<FlowEvent> {
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
    if (outcome) add({ type: 'outcome', outcome: showOutcome(outcome) })
    hasEnded = true
    added.next()
  }

  const { reference, alias } = flow.snapshot().input
  const { id: machine } = flow.actor.getSnapshot().machine
  add({ type: 'flow', machine, reference, ...defined({ alias }), ...about })
  flow.transition$.subscribe(({ from, to, event, at }) => {
    add({ type: 'transition', ...defined({ from }), to, event: eventLabel(event.type) }, at)
  })
  flow.progress$.subscribe((progress) => add({ type: 'progress', progress }))
  flow.retry$.subscribe(({ at, ...retry }) => add({ type: 'retry', retry }, at))
  flow.consent$.subscribe((request) => add({ type: 'consent', request: showRequest(request) }))
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

function showRequest({ settings, ...request }: ConsentRequest): ShownConsentRequest {
  return {
    ...request,
    settings: settings.map((setting) => ({
      // The value of a setting may be a password.
      setting: setting.widens ? textOf(setting) : keyOf(setting),
      widens: setting.widens,
    })),
  }
}

function showOutcome(outcome: InstallOutput): ShownOutcome {
  if (outcome.state === 'rolledBack') return outcome
  const { privileges: _, consent, settings, ...plugin } = outcome.plugin
  return {
    state: 'done',
    plugin: { ...plugin, consentBy: consent.by, settings: settings.map(keyOf) },
  }
}
