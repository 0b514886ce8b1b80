import {
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  fromPromise,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate'
import type { RegistryCredentials } from '../../adapters/docker/registryAuth.ts'
import { statePath } from '../../machines/statePath.ts'
import {
  type Begin,
  type FlowKind,
  FlowRun,
  type LogicInternals,
  runOf,
  type Scope,
} from './flowRun.ts'
import type { Engine, FlowOptions } from './types.ts'

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
    new FlowRun(kind, scope, engine, options, begun, internals)
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
