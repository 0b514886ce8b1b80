import { BehaviorSubject, filter, ReplaySubject, Subject } from 'rxjs'
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
import { processTime } from './retry/time.ts'
import { openSession } from './session.ts'
import type { Engine, Flow, FlowOptions } from './types.ts'

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
  const progress = new ReplaySubject<Progress>(1)
  const retries = new Subject<Retry>()
  const consent = observePending<Request>()
  const credentials = observePending<CredentialsRequest>()
  const session = openSession(
    makeLogic(kind, engine, options, () => begun, internals),
    {
      ...(options.inspect && { inspect: options.inspect }),
      ...(options.signal && { signal: options.signal }),
      clock: internals.time ?? processTime,
      cancelEvent,
      show(snapshot) {
        consent.show(askedConsent(snapshot))
        credentials.show(askedCredentials(snapshot))
      },
      end() {
        for (const observed of [progress, retries, consent, credentials]) observed.complete()
      },
    },
  )
  const askedCredentials = ({ value, context }: AnyMachineSnapshot) => {
    if (value !== 'reauth' || !context.asksPerson) return undefined
    const reason = runOf(session.ref)?.loaded?.credentialsReason()
    const { registry } = context.names
    return reason && { registry, attempt: context.credentialsAttempt as number, reason }
  }
  const emitter = session.ref as unknown as Emitter
  emitter.on('progress', (emitted) => progress.next(emitted.progress))
  emitter.on('retry', ({ retry }) => retries.next(retry))
  const result = session.ended.then(async (output) => {
    // The end is reported even where it cannot be written down, or not in time.
    await runOf(session.ref)?.written
    return resultOf(output)
  })
  // A host that watches only the states must not be ended by an unhandled rejection.
  result.catch(() => {})
  session.start()
  const answer = (event: { type: string }) => session.send(event as EventFrom<Machine>)
  return {
    transition$: session.transition$,
    progress$: progress.asObservable(),
    retry$: retries.asObservable(),
    consent$: consent.value$,
    credentials$: credentials.value$,
    result,
    grant: (request, who) =>
      consent.isCurrent(request) &&
      answer({ type: 'consent.grant', ...(who === undefined ? {} : { who }) }),
    deny: (reason, request) =>
      consent.isCurrent(request) &&
      answer({ type: 'consent.deny', ...(reason === undefined ? {} : { reason }) }),
    authenticate: (given) => authenticate(session.ref, given),
    cancel: session.cancel,
    snapshot: () => kind.makeSnapshot(session.actor.getSnapshot() as SnapshotFrom<Machine>),
    actor: session.actor as Flow<Machine, Snapshot, Result, Request>['actor'],
  }
}

/** The events that every flow emits. */
interface Emitter {
  on(type: 'progress', listener: (event: { progress: Progress }) => void): unknown
  on(type: 'retry', listener: (event: { retry: Retry }) => void): unknown
}

/** Each chart asks in a state of this name, with its request in the context. */
function askedConsent({ value, context }: AnyMachineSnapshot) {
  return value === 'awaitConsent' && context.asksPerson ? context.consentRequest : undefined
}

/** A question that is there for a while: shown to subscribers while it is, and to none later. */
function observePending<T>() {
  const subject = new BehaviorSubject<T | undefined>(undefined)
  return {
    value$: subject.pipe(filter((value) => value !== undefined)),
    show(value: T | undefined) {
      const same = JSON.stringify(value) === JSON.stringify(subject.value)
      if (!same) subject.next(value)
    },
    /** An answer to a request that is no longer the one shown is no answer to this one. */
    isCurrent: (request: T | undefined) => request === undefined || request === subject.value,
    complete: () => subject.complete(),
  }
}
