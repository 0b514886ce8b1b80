import type {
  AnyMachineSnapshot,
  AnyStateMachine,
  EventFrom,
  InputFrom,
  OutputFrom,
  SnapshotFrom,
} from 'xstate'
import type { ConsentRequest } from '../../machines/consent.ts'
import type { CredentialsRequest } from '../../machines/engine.ts'
import type { Queued } from '../../machines/gate.ts'
import { onAbort } from '../../machines/onAbort.ts'
import type { Progress } from '../../machines/progress.ts'
import type { Retry } from '../../machines/retry.ts'
import {
  authenticate,
  type Begin,
  type FlowKind,
  type LogicInternals,
  makeLogic,
  runOf,
} from './flowLogic.ts'
import { Observed } from './observed.ts'
import { createPlace, queuedNow } from './place.ts'
import { processTime } from './retry/time.ts'
import { openSession } from './session.ts'
import type { Engine, Flow, FlowOptions, Transition } from './types.ts'

interface FlowEnds<Machine extends AnyStateMachine, Result> {
  /** The event that `cancel` sends. */
  cancelEvent: EventFrom<Machine>
  /** The result of a flow that has ended well. Throws the error of one that has not. */
  resultOf(output: NonNullable<OutputFrom<Machine>>): Result
}

/** Starts the flow of a run, new or resumed, of any machine of this project. */
export function startFlow<
  Machine extends AnyStateMachine,
  Snapshot,
  Result,
  Request extends ConsentRequest,
>(
  kind: FlowKind<Machine, Snapshot>,
  engine: Engine,
  options: FlowOptions<Snapshot>,
  begun: Begin<InputFrom<Machine>>,
  internals: LogicInternals,
  { cancelEvent, resultOf }: FlowEnds<Machine, Result>,
): Flow<Machine, Snapshot, Result, Request> {
  const place = createPlace()
  const transition = new Observed<Transition>()
  const progress = new Observed<Progress>()
  const retries = new Observed<Retry>(false)
  const queued = new Observed<Queued>()
  const consent = new Observed<Request>()
  const credentials = new Observed<CredentialsRequest>()
  const openMachine = () => {
    const askedCredentials = ({ value, context }: AnyMachineSnapshot) => {
      if (value !== 'reauth' || !context.asksPerson) return undefined
      const { registry } = context.names
      const reason = runOf(opened.ref)?.loaded?.credentialsReason(registry)
      return reason && { registry, attempt: context.credentialsAttempt as number, reason }
    }
    const opened = openSession(
      makeLogic(kind, engine, options, () => begun, { ...internals, place }),
      {
        ...(options.inspect && { inspect: options.inspect }),
        ...(options.signal && { signal: options.signal }),
        clock: internals.time ?? processTime,
        transition,
        cancelEvent,
        show(snapshot) {
          consent.show(askedConsent(snapshot))
          credentials.show(askedCredentials(snapshot))
        },
        end() {
          const shown = [progress, retries, queued, consent, credentials]
          for (const each of shown) each.complete()
        },
      },
    )
    const emitter = opened.ref as unknown as Emitter
    emitter.on('progress', (emitted) => progress.next(emitted.progress))
    emitter.on('retry', ({ retry }) => retries.next(retry))
    emitter.on('queued', (emitted) => queued.show(emitted.queued))
    return opened
  }
  let session: ReturnType<typeof openMachine> | undefined
  const open = () => {
    session ??= openMachine()
    return session
  }
  const start = () => {
    const opened = open()
    opened.start()
    return opened.ended
  }
  /** Starts a flow that waits for its place without one. */
  let leaveQueue: (() => void) | undefined
  const startInTurn = () =>
    new Promise<NonNullable<OutputFrom<Machine>>>((resolve) => {
      const leave = () => {
        leaveQueue = undefined
        withdraw()
        release?.()
        queued.show(undefined)
        resolve(start())
      }
      const withdraw = place.ask(leave)
      const release = options.signal && onAbort(options.signal, leave)
      leaveQueue = leave
      queued.next(queuedNow())
    })
  const mayStart = place.tryTake() || options.signal?.aborted
  const result = (mayStart ? start() : startInTurn()).then(async (output) => {
    // The end is reported even where it cannot be written down, or not in time.
    await runOf(open().ref)?.written
    return resultOf(output)
  })
  // A host that watches only the states must not be ended by an unhandled rejection.
  result.catch(() => {})
  const answer = (event: { type: string }) => session?.send(event as EventFrom<Machine>) === true
  // An answer to a request that is no longer the one shown is no answer to this one.
  const isCurrent = (request: Request | undefined) =>
    request === undefined || request === consent.latest
  return {
    get transition$() {
      return transition.value$
    },
    get progress$() {
      return progress.value$
    },
    get retry$() {
      return retries.value$
    },
    get queued$() {
      return queued.value$
    },
    get consent$() {
      return consent.value$
    },
    get credentials$() {
      return credentials.value$
    },
    result,
    grant: (request, who) =>
      isCurrent(request) &&
      answer({ type: 'consent.grant', ...(who === undefined ? {} : { who }) }),
    deny: (reason, request) =>
      isCurrent(request) &&
      answer({ type: 'consent.deny', ...(reason === undefined ? {} : { reason }) }),
    authenticate: (given) => session !== undefined && authenticate(session.ref, given),
    cancel() {
      leaveQueue?.()
      return open().cancel()
    },
    snapshot: () => kind.makeSnapshot(open().actor.getSnapshot() as SnapshotFrom<Machine>),
    get actor() {
      return open().actor as Flow<Machine, Snapshot, Result, Request>['actor']
    },
  }
}

/** The events that every flow emits. */
interface Emitter {
  on(type: 'progress', listener: (event: { progress: Progress }) => void): unknown
  on(type: 'retry', listener: (event: { retry: Retry }) => void): unknown
  on(type: 'queued', listener: (event: { queued: Queued | undefined }) => void): unknown
}

/** Each chart asks in a state of this name, with its request in the context. */
function askedConsent({ value, context }: AnyMachineSnapshot) {
  return value === 'awaitConsent' && context.asksPerson ? context.consentRequest : undefined
}
