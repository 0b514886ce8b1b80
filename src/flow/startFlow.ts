import type {
  AnyEventObject,
  AnyStateMachine,
  EventFrom,
  InputFrom,
  OutputFrom,
  SnapshotFrom,
} from 'xstate'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import type { ConsentRequest } from '../../machines/consent.ts'
import { defined } from '../../machines/defined.ts'
import { onAbort } from '../../machines/onAbort.ts'
import { authenticate, makeLogic } from './flowLogic.ts'
import { type Begin, type FlowKind, type LogicInternals, runOf } from './flowRun.ts'
import { Observed } from './observed.ts'
import { Place, queuedNow } from './place.ts'
import { processTime } from './retry/time.ts'
import { Session } from './session.ts'
import { NAMES, observed, type Shown, type Values } from './shown.ts'
import type { Engine, Flow, FlowActor, FlowOptions, Transition } from './types.ts'

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
  const place = new Place()
  const transition = new Observed<Transition>()
  const shown: Shown<Request> = {}
  const emit = (event: AnyEventObject) => {
    const type = event.type as keyof Emitted
    const value: Emitted[keyof Emitted] | undefined = event[type]
    if (value === undefined) shown[type]?.show(value)
    else observed(shown, type).next(value)
  }
  let session: Session<Machine> | undefined
  const open = () => {
    session ??= new Session(
      makeLogic(kind, engine, options, () => begun, { ...internals, place, emit }),
      options as FlowOptions<never>,
      internals.time ?? processTime,
      cancelEvent,
      transition,
      shown as Shown<ConsentRequest>,
    )
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
        shown.queued?.show(undefined)
        resolve(start())
      }
      const withdraw = place.ask(leave)
      const release = options.signal && onAbort(options.signal, leave)
      leaveQueue = leave
      observed(shown, 'queued').next(queuedNow())
    })
  const mayStart = place.tryTake() || options.signal?.aborted
  const result = (mayStart ? start() : startInTurn()).then(async (output) => {
    // The end is reported even where it cannot be written down, or not in time.
    await runOf(open().ref)?.written
    return resultOf(output)
  })
  // A host that watches only the states must not be ended by an unhandled rejection.
  result.catch(() => {})
  const heard = (type: string, isTaken = false) => {
    if (!isTaken) observed(shown, 'ignored').next({ event: { type }, at: Date.now() })
    return isTaken
  }
  const answer = (request: Request | undefined, event: { type: string }) =>
    heard(event.type, isCurrent(request) && session?.send(event as EventFrom<Machine>))
  // An answer to a request that is no longer the one shown is no answer to this one.
  const isCurrent = (request: Request | undefined) =>
    request === undefined || request === shown.consent?.latest
  let read: FlowActor<Machine> | undefined
  /** The actor, to be read and not to be spoken to. */
  const actor = () => {
    const { ref } = open()
    read ??= {
      id: ref.id,
      subscribe: ref.subscribe.bind(ref),
      getSnapshot: ref.getSnapshot.bind(ref),
    } as unknown as FlowActor<Machine>
    return read
  }
  const flow = {
    result,
    grant: (request?: Request, who?: string) =>
      answer(request, defined({ type: 'consent.grant', who })),
    deny: (reason?: string, request?: Request) =>
      answer(request, defined({ type: 'consent.deny', reason })),
    authenticate: (given: RegistryCredentials) =>
      heard('credentials.submit', session && authenticate(session.ref, given)),
    cancel() {
      leaveQueue?.()
      return heard((cancelEvent as { type: string }).type, open().cancel())
    },
    snapshot: () => kind.makeSnapshot(open().ref.getSnapshot() as SnapshotFrom<Machine>),
  }
  Object.defineProperty(flow, PARTS, { value: { transition, shown, actor } })
  return Object.defineProperties(flow, accessors) as unknown as Flow<
    Machine,
    Snapshot,
    Result,
    Request
  >
}

const PARTS = Symbol('parts of a flow')

interface Parts {
  [PARTS]: {
    transition: Observed<Transition>
    shown: Shown<ConsentRequest>
    actor(): unknown
  }
}

/**
 * The accessors that all flows share. Written as `get` in an object of each, they would cost 20 µs and 2 KB a flow: Node.js makes a
 * shape for every such object.
 */
const accessors: PropertyDescriptorMap = {
  transition$: accessor(({ transition }) => transition.value$),
  actor: accessor(({ actor }) => actor()),
}
for (const name of NAMES)
  accessors[`${name}$`] = accessor(({ shown }) => observed(shown, name).value$)

function accessor(read: (parts: Parts[typeof PARTS]) => unknown): PropertyDescriptor {
  return {
    enumerable: true,
    get(this: Parts) {
      return read(this[PARTS])
    },
  }
}

/** The events that every flow emits, each with what is new in a field of its name. */
type Emitted = Pick<Values<never>, 'progress' | 'retry' | 'queued'>
