import { randomBytes } from 'node:crypto'
import type { ActorRefLike, InspectionEvent } from 'xstate'
import type { LiveStep } from './liveStep.ts'
import { toPlain } from './plain.ts'
import { createPoster } from './poster.ts'

export interface LiveInspectorOptions {
  /** Sends the actor's context, too, as far as JSON can hold it. It may hold secrets. */
  context?: boolean
}

export interface LiveInspector {
  /** For `createActor(machine, { inspect })`; one inspector may watch many actors. */
  readonly inspect: (event: InspectionEvent) => void
  /** How many steps were dropped because they could not be sent in time. */
  readonly dropped: number
  /** Sends what is left, for a second at most, and ends. */
  close(): Promise<void>
}

/** Waiting steps; the oldest are dropped for newer ones. */
const MOST_WAITING = 1_000

/**
 * Reports the states and events of running actors to the page of `plugin-flow ui --machine FILE --live`, by
 * the address that it has printed. Only state values, types of events and times are sent. Nothing here waits
 * for the page, throws into an actor or keeps a process alive.
 *
 * @throws RangeError on another address
 */
export function liveInspector(address: string, options: LiveInspectorOptions = {}): LiveInspector {
  const run = randomBytes(8).toString('hex')
  const actors = new WeakMap<ActorRefLike, Progress>()
  let waiting: LiveStep[] = []
  let sequence = 0
  let dropped = 0
  const poster = createPoster(address, {
    next: () => (waiting.length > 0 ? { run, dropped, steps: waiting } : undefined),
    sent: (last) => {
      waiting = waiting.filter((step) => step.sequence > last)
    },
    refused: () => {
      waiting = []
    },
  })

  function add(
    actor: ActorRefLike,
    { value, status, context, machine }: MachineSnapshotLike,
    event: string,
    isIgnored: boolean,
  ): void {
    if (poster.isRefused()) return
    waiting.push({
      sequence: ++sequence,
      at: Date.now(),
      actor: actor.sessionId,
      machine: String(machine?.id),
      event,
      value,
      status,
      ...(isIgnored && { ignored: true as const }),
      ...(options.context && { context: toPlain(context) }),
    })
    if (waiting.length > MOST_WAITING) {
      waiting.shift()
      dropped++
    }
    poster.post()
  }

  function progressOf(actor: ActorRefLike): Progress {
    const progress = actors.get(actor) ?? { isHandled: undefined }
    actors.set(actor, progress)
    return progress
  }

  function look(inspected: InspectionEvent): void {
    const { type, actorRef } = inspected
    if (type === '@xstate.event') {
      const { last } = progressOf(actorRef)
      // No snapshot follows then.
      if (last && last.status !== 'active') add(actorRef, last, inspected.event.type, true)
    } else if (type === '@xstate.microstep') {
      const progress = progressOf(actorRef)
      progress.isHandled ||= inspected._transitions.length > 0
    } else if (type === '@xstate.snapshot') {
      const { snapshot, event } = inspected
      if (!isMachineSnapshot(snapshot)) return
      const progress = progressOf(actorRef)
      const { isHandled } = progress
      progress.isHandled = undefined
      progress.last = snapshot
      // An event that ends an actor from outside has no transition either.
      add(actorRef, snapshot, event.type, isHandled === false && snapshot.status === 'active')
    }
  }

  return {
    inspect(event) {
      try {
        look(event)
      } catch {
        // An actor is not to suffer from what an inspector cannot read.
      }
    },
    get dropped() {
      return dropped
    },
    close: () => poster.close(),
  }
}

interface Progress {
  /** Whether a transition was taken since the last snapshot; `undefined` when nothing was selected. */
  isHandled: boolean | undefined
  last?: MachineSnapshotLike
}

interface MachineSnapshotLike {
  value: unknown
  status: string
  context?: unknown
  machine?: { id?: unknown }
}

/** Promises, callbacks and observables have no states. */
function isMachineSnapshot(snapshot: object): snapshot is MachineSnapshotLike {
  return 'value' in snapshot && 'machine' in snapshot
}
