import {
  type ActorScope,
  type ActorSystem,
  type ActorSystemInfo,
  type AnyActorRef,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  fromPromise,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import { onAbort } from '../../machines/onAbort.ts'
import type { Progress } from '../../machines/progress.ts'
import { statePath } from '../../machines/statePath.ts'
import type { FlowDependencies, FlowWork } from './flowTools.ts'
import { Place, queuedNow } from './place.ts'
import { completePolicy } from './retry/policy.ts'
import { processTime, stateDeadline, type Time, withTimeout } from './retry/time.ts'
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

/** The parts of a run that a host reaches besides its machine. */
export interface FlowRun {
  work(): Promise<FlowWork>
  /** Resolves once the flow has its place among those at work. */
  takePlace(signal: AbortSignal): Promise<void>
  /** Whether the timeout of a state has to wait, since the flow waited for its place. */
  putOff(event: AnyEventObject): boolean
  /** `undefined` while the part of the package that takes credentials is not loaded. */
  loaded: FlowWork | undefined
  /** Settles when the end was written down, could not be, or took too long. */
  written: Promise<void>
}

/** The parts that tests replace, and the place of a flow that has waited for it before. */
export interface LogicInternals {
  time?: Time
  load?: (dependencies: FlowDependencies) => Promise<FlowWork>
  place?: Place
}

type Scope = ActorScope<
  AnyMachineSnapshot,
  AnyEventObject,
  ActorSystem<ActorSystemInfo>,
  AnyEventObject
>

const runs = new WeakMap<AnyActorRef, FlowRun>()

/** The machine of one run or of many, each of which begins anew. */
export function makeLogic<Machine extends AnyStateMachine, Snapshot, Overrides>(
  kind: FlowKind<Machine, Snapshot>,
  engine: Engine,
  options: FlowOptions<Snapshot>,
  begin: (overrides?: Overrides) => Begin<InputFrom<Machine>>,
  internals: LogicInternals = {},
): Machine {
  const { machine } = kind
  const logic: Machine = Object.create(machine)
  const open = (scope: Scope, begun: Begin<InputFrom<Machine>>) => {
    openRun(kind, scope, engine, options, begun, internals)
    return machine.getInitialSnapshot(scope, begun.input)
  }
  logic.getInitialSnapshot = (scope, overrides) =>
    open(scope as Scope, begin(overrides as Overrides | undefined))
  logic.transition = (snapshot, event, scope) =>
    runOf(scope.self)?.putOff(event) ? snapshot : machine.transition(snapshot, event, scope)
  logic.restoreSnapshot = (persisted, scope) => {
    const { status, ...snapshot } = persisted as AnyMachineSnapshot
    if (status !== 'active') return machine.restoreSnapshot(persisted, scope)
    const known = kind.makeSnapshot(snapshot as SnapshotFrom<Machine>)
    return open(scope as Scope, { ...begin(), input: kind.restoreInput(known, options) })
  }
  return logic
}

/** Credentials for a flow that waits for them. `false`: it does not. */
export function authenticate(ref: AnyActorRef, credentials: RegistryCredentials): boolean {
  const { value, context } = ref.getSnapshot() as AnyMachineSnapshot
  const work = runOf(ref)?.loaded
  if (value !== 'reauth' || !context.asksPerson || !context.names || !work) return false
  const account = work.submit(context.names.registry, credentials)
  ref.send({ type: 'credentials.submit', account })
  return true
}

/** The run of an actor, which is there from its first snapshot on. */
export function runOf(ref: AnyActorRef): FlowRun | undefined {
  return runs.get(ref)
}

function openRun<Machine extends AnyStateMachine, Snapshot>(
  kind: FlowKind<Machine, Snapshot>,
  { self, emit }: Scope,
  engine: Engine,
  options: FlowOptions<Snapshot>,
  { input, values }: Begin<InputFrom<Machine>>,
  { time = processTime, load = kind.load, place = new Place() }: LogicInternals,
): void {
  const { timeouts } = input as { timeouts: object }
  const deadline = stateDeadline(timeouts, time)
  const progress = latest((read: () => Progress) => emit({ type: 'progress', progress: read() }))
  const record = async () => {
    const snapshot = kind.makeSnapshot(self.getSnapshot() as SnapshotFrom<Machine>)
    return (await options.journal?.(snapshot)) || undefined
  }
  const { retry, rollback } = completePolicy(options.policy, timeouts)
  let loading: Promise<FlowWork> | undefined
  const run: FlowRun = {
    loaded: undefined,
    written: Promise.resolve(),
    work() {
      loading ??= load({
        engine,
        options,
        values,
        policy: { retry, rollback },
        time,
        remaining: deadline.remaining,
        notify: (notice) =>
          emit({ type: 'retry', retry: { ...notice, state: deadline.state(), at: Date.now() } }),
        showProgress: progress.show,
        record,
      }).then((work) => {
        run.loaded = work
        return work
      })
      return loading
    },
    async takePlace(signal) {
      if (place.tryTake()) return
      const release = deadline.hold()
      await new Promise<void>((resolve, reject) => {
        const withdraw = place.ask(() => {
          forgetSignal()
          resolve()
        })
        const forgetSignal = onAbort(signal, () => {
          withdraw()
          reject(signal.reason)
        })
        emit({ type: 'queued', queued: queuedNow() })
      }).finally(() => {
        emit({ type: 'queued', queued: undefined })
        release()
      })
    },
    putOff: (event) =>
      event.type.startsWith('xstate.after.') && deadline.putOff(() => self.send(event)),
  }
  runs.set(self, run)
  const end = () => {
    place.leave()
    deadline.enter('')
    progress.flush()
    values.clear()
    // A part that could not be loaded holds nothing.
    void loading?.then((work) => work.forget()).catch(() => {})
    if (options.journal) run.written = withTimeout(record(), time)
  }
  const next = (snapshot: AnyMachineSnapshot) => {
    deadline.enter(snapshot.value)
    if (snapshot.status === 'done') end()
    else if (snapshot.hasTag('waitingForUser')) place.leave()
  }
  const complete = () => {
    if (self.getSnapshot().status !== 'done') end()
  }
  self.subscribe({ next, error: end, complete })
}

/** Calls with the newest value only, once a turn of the loop. */
function latest<T>(call: (value: T) => void) {
  let due: { value: T } | undefined
  const flush = () => {
    const newest = due
    due = undefined
    if (newest) call(newest.value)
  }
  return {
    show(value: T) {
      if (!due) queueMicrotask(flush)
      due = { value }
    },
    flush,
  }
}

/** An actor for each that a chart names: it finds the work of its flow by its parent. */
export function actorsOf<Actors extends object>(machine: {
  implementations: { actors: Actors }
}): Actors {
  const names = Object.keys(machine.implementations.actors)
  return Object.fromEntries(names.map((name) => [name, actor(name)])) as Actors
}

/**
 * Whether a state is work for which a flow needs its place. A state that waits for a person holds none; one that takes back
 * keeps the place that it has, and waits for none.
 */
function needsPlace(snapshot: AnyMachineSnapshot): boolean {
  return !snapshot.hasTag('waitingForUser') && !statePath(snapshot.value).startsWith('rollingBack')
}

/** Leaving a state aborts its actor's signal, and with it the request. */
function actor(name: string) {
  return fromPromise<unknown, unknown>(async ({ input, signal, self }) => {
    const { _parent: flow } = self
    const run = flow && runOf(flow)
    if (!run) throw new Error('the chart runs by its own logic alone, such as installLogic()')
    // Actors start before their state is shown: a turn later the host has seen it.
    const work = await run.work()
    signal.throwIfAborted()
    if (needsPlace(flow.getSnapshot())) await run.takePlace(signal)
    try {
      return await work.steps()[name]?.(input, signal)
    } catch (error) {
      throw work.toEngineError(error)
    }
  })
}
