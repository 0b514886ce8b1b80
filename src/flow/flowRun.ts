import type {
  ActorScope,
  ActorSystem,
  ActorSystemInfo,
  AnyActorRef,
  AnyEventObject,
  AnyMachineSnapshot,
  AnyStateMachine,
  InputFrom,
  SnapshotFrom,
} from 'xstate'
import { onAbort } from '../../machines/onAbort.ts'
import type { Progress } from '../../machines/progress.ts'
import type { RetryNotice } from '../../machines/retry.ts'
import type { FlowDependencies, FlowWork } from './flowTools.ts'
import { Place, queuedNow } from './place.ts'
import { completePolicy } from './retry/policy.ts'
import { processTime, StateDeadline, type Time, withTimeout } from './retry/time.ts'
import type { Engine, FlowOptions } from './types.ts'

/** A machine of this project, with what it takes to run it as a flow. */
export interface FlowKind<Machine extends AnyStateMachine, Snapshot> {
  /** With the actors of `actorsOf`. */
  machine: Machine
  /** A flow as plain data, for its journal. */
  makeSnapshot(snapshot: SnapshotFrom<Machine>): Snapshot
  /** The input of a run that XState restores: what was under way has to be looked at first. */
  restoreInput(
    snapshot: Snapshot,
    options: Pick<FlowOptions<Snapshot>, 'policy'>,
  ): InputFrom<Machine>
  /**
   * Loads the work of a flow with its first state, and so before anything is changed: what takes back must not
   * be missing when it is needed.
   */
  load(dependencies: FlowDependencies): Promise<FlowWork>
}

/** How one run begins. */
export interface Begin<Input> {
  input: Input
  /** Of the secret settings, by `NAME[.FIELD]`. Cleared when the run has ended. */
  values: Map<string, string>
}

/** The parts that tests replace, and the place of a flow that has waited for it before. */
export interface LogicInternals {
  time?: Time
  load?: (dependencies: FlowDependencies) => Promise<FlowWork>
  place?: Place
  /** In place of the actor's own, which hosts of the actor listen to. */
  emit?: (event: AnyEventObject) => void
}

export type Scope = ActorScope<
  AnyMachineSnapshot,
  AnyEventObject,
  ActorSystem<ActorSystemInfo>,
  AnyEventObject
>

const STARTED = { type: 'xstate.init' }

/** One run, which its actors and its host find by its machine. Thousands wait at once, so it is one object. */
export class FlowRun implements FlowDependencies {
  readonly engine: Engine
  readonly options: FlowOptions<never>
  readonly values: Map<string, string>
  readonly policy: FlowDependencies['policy']
  readonly time: Time
  /** `undefined` while the part of the package that takes credentials is not loaded. */
  loaded: FlowWork | undefined
  /** Settles when the end was written down, could not be, or took too long. */
  written: Promise<void> | undefined
  readonly #kind: FlowKind<AnyStateMachine, unknown>
  /** The newest event that the machine has got. */
  event = STARTED
  readonly #self: Scope['self']
  readonly #emit: Scope['emit']
  readonly #load: FlowKind<AnyStateMachine, unknown>['load']
  readonly #place: Place
  readonly #deadline: StateDeadline
  #loading: Promise<FlowWork> | undefined
  #progress: (() => Progress) | undefined

  constructor(
    kind: FlowKind<AnyStateMachine, unknown>,
    { self, emit: emitByActor }: Scope,
    engine: Engine,
    options: FlowOptions<never>,
    { input, values }: Begin<unknown>,
    {
      time = processTime,
      load = kind.load,
      place = new Place(),
      emit = emitByActor,
    }: LogicInternals,
  ) {
    const { timeouts } = input as { timeouts: object }
    this.engine = engine
    this.options = options
    this.values = values
    this.policy = completePolicy(options.policy, timeouts)
    this.time = time
    this.#kind = kind
    this.#self = self
    this.#emit = emit
    this.#load = load
    this.#place = place
    this.#deadline = new StateDeadline(timeouts, time)
    runs.set(self, this)
    self.subscribe(this)
  }

  work(): Promise<FlowWork> {
    this.#loading ??= this.#load(this).then((work) => {
      this.loaded = work
      return work
    })
    return this.#loading
  }

  /** Resolves once the flow has its place among those at work. */
  async takePlace(signal: AbortSignal): Promise<void> {
    if (this.#place.tryTake()) return
    const release = this.#deadline.hold()
    await new Promise<void>((resolve, reject) => {
      const withdraw = this.#place.ask(() => {
        forgetSignal()
        resolve()
      })
      const forgetSignal = onAbort(signal, () => {
        withdraw()
        reject(signal.reason)
      })
      this.#emit({ type: 'queued', queued: queuedNow() })
    }).finally(() => {
      this.#emit({ type: 'queued', queued: undefined })
      release()
    })
  }

  /** Whether the event is the timeout of a state that has to wait, since the flow waited for its place. */
  putOff(event: AnyEventObject): boolean {
    this.event = { type: event.type }
    return (
      event.type.startsWith('xstate.after.') && this.#deadline.putOff(() => this.#self.send(event))
    )
  }

  remaining(): number {
    return this.#deadline.remaining()
  }

  notify(notice: RetryNotice): void {
    const retry = { ...notice, state: this.#deadline.state, at: Date.now() }
    this.#emit({ type: 'retry', retry })
  }

  /** Shows the newest only, once a turn of the loop. */
  showProgress(read: () => Progress): void {
    if (!this.#progress) queueMicrotask(() => this.#flushProgress())
    this.#progress = read
  }

  async record(): Promise<'abandon' | undefined> {
    const { options } = this
    const snapshot = this.#kind.makeSnapshot(this.#self.getSnapshot() as AnyMachineSnapshot)
    return (await options.journal?.(snapshot as never)) || undefined
  }

  next(snapshot: AnyMachineSnapshot): void {
    this.#deadline.enter(snapshot.value)
    if (snapshot.status === 'done') this.error()
    else if (snapshot.hasTag('waitingForUser')) this.#place.leave()
  }

  complete(): void {
    if (this.#self.getSnapshot().status !== 'done') this.error()
  }

  /** Ends the run, whether or not the machine is broken. */
  error(): void {
    this.#place.leave()
    this.#deadline.enter('')
    this.#flushProgress()
    this.values.clear()
    // A part that could not be loaded holds nothing.
    void this.#loading?.then((work) => work.forget()).catch(() => {})
    if (this.options.journal) this.written = withTimeout(this.record(), this.time)
  }

  #flushProgress(): void {
    const read = this.#progress
    this.#progress = undefined
    if (read) this.#emit({ type: 'progress', progress: read() })
  }
}

const runs = new WeakMap<AnyActorRef, FlowRun>()

/** The run of an actor, which is there from its first snapshot on. */
export function runOf(ref: AnyActorRef): FlowRun | undefined {
  return runs.get(ref)
}
