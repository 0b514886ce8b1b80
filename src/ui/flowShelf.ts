import { randomBytes } from 'node:crypto'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { ConsentRequest } from '../../machines/plugin-install/types.ts'
import { createEventLog, type EventLog } from '../events/eventLog.ts'
import { type FlowEventsOptions, flowEvents } from '../events/flowEvents.ts'
import type { InstallOptions, PluginInstall } from '../flow/types.ts'

/** A flow that the server started, with all that it told. */
export interface ShelvedFlow {
  readonly id: string
  readonly log: EventLog
  /** Whether all is told. */
  readonly hasEnded: boolean
  /** Called after every event and at the end. Returns what ends that. */
  onChange(listener: () => void): () => void
  /** `false`: nobody waits for it, or for another request. */
  grant(requestId: number): boolean
  deny(requestId: number): boolean
  authenticate(credentials: RegistryCredentials): boolean
  cancel(): boolean
  /** Resolves when the flow has ended, either way. */
  readonly ended: Promise<void>
}

/** Starts a flow, as `installPlugin` does on an engine. */
export type Install = (options: InstallOptions) => PluginInstall

/** More are not kept: the oldest that have ended go first. */
const MOST_FLOWS = 100

/** The flows of one server, the newest last. */
export function createFlowShelf(install: Install, surroundings: FlowEventsOptions) {
  const flows = new Map<string, ShelvedFlow>()
  return {
    ids: () => [...flows.keys()],
    get: (id: string) => flows.get(id),
    /** `undefined`: too many run. */
    start(options: InstallOptions): ShelvedFlow | undefined {
      if (flows.size >= MOST_FLOWS) {
        const oldest = [...flows.values()].find(({ hasEnded }) => hasEnded)
        if (!oldest) return undefined
        flows.delete(oldest.id)
      }
      const flow = shelve(install(options), surroundings)
      flows.set(flow.id, flow)
      return flow
    },
    /** Takes back what has not ended, and waits for that. */
    async cancelAll(): Promise<void> {
      for (const flow of flows.values()) flow.cancel()
      await Promise.all([...flows.values()].map(({ ended }) => ended))
    },
  }
}

export type FlowShelf = ReturnType<typeof createFlowShelf>

function shelve(flow: PluginInstall, surroundings: FlowEventsOptions): ShelvedFlow {
  const log = createEventLog()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  let hasEnded = false
  let request: ConsentRequest | undefined
  flow.consent$.subscribe((asked) => {
    request = asked
  })
  flowEvents(flow, surroundings).subscribe({
    next(event) {
      log.add(event)
      tell()
    },
    complete() {
      hasEnded = true
      tell()
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
