import { randomBytes } from 'node:crypto'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { ConsentRequest } from '../../machines/consent.ts'
import { createEventLog } from '../events/eventLog.ts'
import { type FlowEventsOptions, flowEvents } from '../events/flowEvents.ts'
import { type FlowSummary, summarize } from './flowSummary.ts'
import type { Started } from './startFlow.ts'

/** Beyond this number the oldest flow that has ended is dropped. */
const MOST_FLOWS = 100

/** The flows of one server, the newest last. */
export function createFlowRegistry(about: FlowEventsOptions) {
  const flows = new Map<string, RegisteredFlow>()
  const listeners = new Set<() => void>()
  const notify = () => {
    for (const listener of listeners) listener()
  }
  return {
    list: () => [...flows.values()].map((flow) => flow.summary()),
    get: (id: string) => flows.get(id),
    /** Calls the listener when the list has changed. Returns how to stop that. */
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** `undefined` when too many flows run. */
    async start(start: () => Started | Promise<Started>): Promise<RegisteredFlow | undefined> {
      if (flows.size >= MOST_FLOWS) {
        const oldest = [...flows.values()].find(({ hasEnded }) => hasEnded)
        if (!oldest) return undefined
        flows.delete(oldest.id)
      }
      const flow = register(await start(), about, notify)
      // A run that is resumed has had a flow before.
      flows.delete(flow.id)
      flows.set(flow.id, flow)
      notify()
      return flow
    },
    /** Cancels the flows that have not ended, and waits for their end. */
    async cancelAll(): Promise<void> {
      for (const flow of flows.values()) flow.cancel()
      await Promise.all([...flows.values()].map(({ ended }) => ended))
    },
  }
}

export type FlowRegistry = ReturnType<typeof createFlowRegistry>

/** A flow that the server started, with its events. */
export type RegisteredFlow = ReturnType<typeof register>

function register(
  { flow, id = randomBytes(8).toString('hex'), onEnd, form }: Started,
  about: FlowEventsOptions,
  listChanged: () => void,
) {
  const log = createEventLog()
  let summary: FlowSummary | undefined
  const listeners = new Set<() => void>()
  const notify = () => {
    for (const listener of listeners) listener()
  }
  let hasEnded = false
  let request: ConsentRequest | undefined
  flow.consent$.subscribe((asked) => {
    request = asked
  })
  flowEvents(flow, about).subscribe({
    next(event) {
      log.add(event)
      notify()
      if (event.type === 'progress') return
      summary = undefined
      listChanged()
    },
    complete() {
      hasEnded = true
      onEnd?.(log.events)
      notify()
      listChanged()
    },
  })
  return {
    id,
    log,
    form,
    /** Its entry in a list. */
    summary() {
      summary ??= summarize(id, log.events)
      return summary
    },
    /** True once the log holds the last event. */
    get hasEnded() {
      return hasEnded
    },
    /** Calls the listener after every event and at the end. Returns how to stop that. */
    onChange(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** `false` when the flow does not wait for an answer, or waits for that to another request. */
    grant: (id: number) => request?.id === id && flow.grant(request),
    deny: (id: number) => request?.id === id && flow.deny(undefined, request),
    authenticate: (credentials: RegistryCredentials) => flow.authenticate(credentials),
    cancel: () => flow.cancel(),
    /** Resolves when the flow has ended, either way. */
    ended: flow.result.then(
      () => {},
      () => {},
    ),
  }
}
