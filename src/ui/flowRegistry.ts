import { randomBytes } from 'node:crypto'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { ConsentRequest } from '../../machines/consent.ts'
import { createEventLog, type EventLog } from '../events/eventLog.ts'
import { type FlowEventsOptions, flowEvents } from '../events/flowEvents.ts'
import type { InstallOptions, PluginInstall } from '../flow/types.ts'

/** A flow that the server started, with its events. */
export interface RegisteredFlow {
  readonly id: string
  readonly log: EventLog
  /** True once the log holds the last event. */
  readonly hasEnded: boolean
  /** Calls the listener after every event and at the end. Returns how to stop that. */
  onChange(listener: () => void): () => void
  /** `false` when the flow does not wait for an answer, or waits for that to another request. */
  grant(requestId: number): boolean
  deny(requestId: number): boolean
  authenticate(credentials: RegistryCredentials): boolean
  cancel(): boolean
  /** Resolves when the flow has ended, either way. */
  readonly ended: Promise<void>
}

/** Starts a flow, as `installPlugin` does on an engine. */
export type Install = (options: InstallOptions) => PluginInstall

/** Beyond this number the oldest flow that has ended is dropped. */
const MOST_FLOWS = 100

/** The flows of one server, the newest last. */
export function createFlowRegistry(install: Install, about: FlowEventsOptions) {
  const flows = new Map<string, RegisteredFlow>()
  return {
    ids: () => [...flows.keys()],
    get: (id: string) => flows.get(id),
    /** `undefined` when too many flows run. */
    start(options: InstallOptions): RegisteredFlow | undefined {
      if (flows.size >= MOST_FLOWS) {
        const oldest = [...flows.values()].find(({ hasEnded }) => hasEnded)
        if (!oldest) return undefined
        flows.delete(oldest.id)
      }
      const flow = register(install(options), about)
      flows.set(flow.id, flow)
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

function register(flow: PluginInstall, about: FlowEventsOptions): RegisteredFlow {
  const log = createEventLog()
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
    },
    complete() {
      hasEnded = true
      notify()
    },
  })
  return {
    id: randomBytes(8).toString('hex'),
    log,
    get hasEnded() {
      return hasEnded
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    grant: (id) => request?.id === id && flow.grant(request),
    deny: (id) => request?.id === id && flow.deny(undefined, request),
    authenticate: (credentials) => flow.authenticate(credentials),
    cancel: () => flow.cancel(),
    ended: flow.result.then(
      () => {},
      () => {},
    ),
  }
}
