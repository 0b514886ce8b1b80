import type { AnyEventObject, AnyStateMachine, EventFrom, InputFrom, OutputFrom } from 'xstate'
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

interface FlowStart<Machine extends AnyStateMachine, Snapshot, Result> {
  kind: FlowKind<Machine, Snapshot>
  engine: Engine
  options: FlowOptions<Snapshot>
  begun: Begin<InputFrom<Machine>>
  internals: LogicInternals
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
>(start: FlowStart<Machine, Snapshot, Result>): Flow<Machine, Snapshot, Result, Request> {
  const flow = new StartedFlow<Machine, Snapshot, Result, Request>(start)
  return flow as unknown as Flow<Machine, Snapshot, Result, Request>
}

/** A flow as its host holds it. Thousands wait for their place at once, so it is one object, and has what is used of it. */
class StartedFlow<
  Machine extends AnyStateMachine,
  Snapshot,
  Result,
  Request extends ConsentRequest,
> {
  readonly result: Promise<Result>
  readonly #given: FlowStart<Machine, Snapshot, Result>
  readonly #place = new Place()
  readonly #transition = new Observed<Transition>()
  readonly #shown: Shown<Request> = {}
  #resolve!: (result: Result) => void
  #reject!: (error: unknown) => void
  #session: Session<Machine> | undefined
  /** Of a flow that waits for its place. */
  #withdraw: (() => void) | undefined
  #release: (() => void) | undefined
  /** What was asked for by its name, and stays the same. */
  #made: Record<string, unknown> | undefined

  constructor(given: FlowStart<Machine, Snapshot, Result>) {
    this.#given = given
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    Object.defineProperty(this, SELF, { value: () => this })
    Object.defineProperties(this, accessors)
    if (this.#place.tryTake() || given.options.signal?.aborted) this.#start()
    else this.#queue()
  }

  part(name: string, make: (flow: AnyStarted) => unknown): unknown {
    this.#made ??= {}
    this.#made[name] ??= make(this as AnyStarted)
    return this.#made[name]
  }

  #queue(): void {
    const { signal } = this.#given.options
    const leave = () => this.#leaveQueue()
    this.#withdraw = this.#place.ask(leave)
    if (signal) this.#release = onAbort(signal, leave)
    observed(this.#shown, 'queued').next(queuedNow())
  }

  /** Starts a flow that waits for its place, with it or without. */
  #leaveQueue(): void {
    if (!this.#withdraw) return
    this.#withdraw()
    this.#withdraw = undefined
    this.#release?.()
    this.#shown.queued?.show(undefined)
    this.#start()
  }

  #start(): void {
    const session = this.#open()
    session.start()
    void this.#end(session)
  }

  async #end({ ended, ref }: Session<Machine>): Promise<void> {
    try {
      const output = await ended
      // The end is reported even where it cannot be written down, or not in time.
      await runOf(ref)?.written
      this.#resolve(this.#given.resultOf(output))
    } catch (error) {
      // A host that watches only the states must not be ended by an unhandled rejection.
      this.result.catch(() => {})
      this.#reject(error)
    }
  }

  #open(): Session<Machine> {
    const { kind, engine, options, begun, internals, cancelEvent } = this.#given
    const emit = (event: AnyEventObject) => this.#emit(event)
    this.#session ??= new Session(
      makeLogic(kind, engine, options, () => begun, { ...internals, place: this.#place, emit }),
      options as FlowOptions<never>,
      internals.time ?? processTime,
      cancelEvent,
      this.#transition,
      this.#shown as Shown<ConsentRequest>,
    )
    return this.#session
  }

  #emit(event: AnyEventObject): void {
    const type = event.type as keyof Emitted
    const value: Emitted[keyof Emitted] | undefined = event[type]
    if (value === undefined) this.#shown[type]?.show(value)
    else observed(this.#shown, type).next(value)
  }

  #heard(type: string, isTaken = false): boolean {
    if (!isTaken) observed(this.#shown, 'ignored').next({ event: { type }, at: Date.now() })
    return isTaken
  }

  #answer(request: Request | undefined, event: { type: string }): boolean {
    // An answer to a request that is no longer the one shown is no answer to this one.
    const isCurrent = request === undefined || request === this.#shown.consent?.latest
    return this.#heard(event.type, isCurrent && this.#session?.send(event as EventFrom<Machine>))
  }

  #cancel(): boolean {
    this.#leaveQueue()
    const { type } = this.#given.cancelEvent as { type: string }
    return this.#heard(type, this.#open().cancel())
  }

  #authenticate(given: RegistryCredentials): boolean {
    const session = this.#session
    return this.#heard('credentials.submit', session && authenticate(session.ref, given))
  }

  /** The actor, to be read and not to be spoken to. */
  #actor(): FlowActor<Machine> {
    const { ref } = this.#open()
    return {
      id: ref.id,
      subscribe: ref.subscribe.bind(ref),
      getSnapshot: ref.getSnapshot.bind(ref),
    } as unknown as FlowActor<Machine>
  }

  /** What a host gets by each name. */
  static readonly parts: Readonly<Record<string, (flow: AnyStarted) => unknown>> & Parts = {
    ...Object.fromEntries(
      NAMES.map((name) => [`${name}$`, (flow) => observed(flow.#shown, name).value$]),
    ),
    transition$: (flow) => flow.#transition.value$,
    grant: (flow) => (request, who) =>
      flow.#answer(request, defined({ type: 'consent.grant', who })),
    deny: (flow) => (reason, request) =>
      flow.#answer(request, defined({ type: 'consent.deny', reason })),
    authenticate: (flow) => (given) => flow.#authenticate(given),
    cancel: (flow) => () => flow.#cancel(),
    snapshot: (flow) => () =>
      flow.#given.kind.makeSnapshot(flow.#open().ref.getSnapshot() as never),
    actor: (flow) => flow.#actor(),
  }
}

type AnyStarted = StartedFlow<AnyStateMachine, unknown, unknown, ConsentRequest>
type Parts = {
  readonly [Name in keyof Omit<
    Flow<AnyStateMachine, unknown, unknown>,
    'result' | `${keyof Values<never>}$`
  >]: (flow: AnyStarted) => Flow<AnyStateMachine, unknown, unknown>[Name]
}

/** By which a flow is found behind a proxy, such as that of a framework that follows changes. */
const SELF = Symbol('flow')

/**
 * The properties that all flows share, each made with its first use and the same from then on. Written into each flow,
 * they would cost more than all else that a flow holds while it waits for its place.
 */
const accessors: PropertyDescriptorMap = Object.fromEntries(
  Object.entries(StartedFlow.parts).map(([name, make]) => [
    name,
    {
      enumerable: true,
      configurable: true,
      get(this: { [SELF](): AnyStarted }) {
        return this[SELF]().part(name, make)
      },
    },
  ]),
)

/** The events that every flow emits, each with what is new in a field of its name. */
type Emitted = Pick<Values<never>, 'progress' | 'retry' | 'queued'>
