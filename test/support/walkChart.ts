import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import {
  type ActorLogic,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  createActor,
  type EventFrom,
  type EventObject,
  fromPromise,
  type InputFrom,
  SimulatedClock,
  type SnapshotFrom,
} from 'xstate'
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths } from 'xstate/graph'
import { statePath } from '../../machines/statePath.ts'
import { chartEdge } from '../../src/chart/chart.ts'
import { label } from './edgeTests.ts'

interface Walked<Machine extends AnyStateMachine> {
  /** Inputs, each with what people and engines may do, whatever the state. */
  runs: readonly { input: InputFrom<Machine>; events: readonly EventFrom<Machine>[] }[]
  /** The parts of a snapshot that make two situations different for the flow. */
  identity(snapshot: SnapshotFrom<Machine>): unknown
  /** Whether time can bring this event; any other may come whenever a state hears it. */
  comesBefore?(snapshot: SnapshotFrom<Machine>, event: EventFrom<Machine>): boolean
  /** How long a timeout takes, of the input's own. */
  lastsFor?(event: EventFrom<Machine>): number
}

/**
 * Goes every way through a chart with a real actor, and compares where it gets with what the pure transition
 * function says. Returns how many ways that were, and every transition that was taken.
 */
export async function walkChart<Machine extends AnyStateMachine>(
  machine: Machine,
  { runs, identity, comesBefore = () => true, lastsFor = () => 1000 }: Walked<Machine>,
): Promise<{ hit: Set<string>; walked: number }> {
  type Snapshot = SnapshotFrom<Machine>
  type Event = AnyEventObject
  const { actors, settle } = deferredActors(Object.keys(machine.implementations.actors))
  const provided = machine.provide({ actors }) as AnyStateMachine
  const hit = new Set<string>()
  let walked = 0
  for (const { input, events } of runs) {
    for (const way of waysThrough(input, events)) {
      assert.is(await walk(input, way.events), way.end, way.events.map(({ type }) => type).join())
      walked++
    }
  }
  return { hit, walked }

  /** For each step that is possible anywhere: the shortest way to where it starts, and the step. */
  function waysThrough(
    input: InputFrom<Machine>,
    events: readonly EventFrom<Machine>[],
  ): { events: Event[]; end: string }[] {
    // The types of `getAdjacencyMap` know no machine that emits.
    const logic = machine as unknown as ActorLogic<AnyMachineSnapshot, Event, unknown>
    const keyOf = (snapshot: AnyMachineSnapshot) => JSON.stringify(identity(snapshot as Snapshot))
    const options = {
      input,
      events: (snapshot: AnyMachineSnapshot) =>
        events.filter((event) => isPossible(snapshot, event)),
      serializeState: keyOf,
    }
    const wayTo = new Map(
      getShortestPaths(machine as AnyStateMachine, options).map(({ state, steps }) => [
        keyOf(state),
        steps.map(({ event }) => event).filter(({ type }) => !/^xstate\.(init|stop)/.test(type)),
      ]),
    )
    return adjacencyMapToArray(getAdjacencyMap(logic, options)).map(
      ({ state, event, nextState }) => ({
        events: [...(wayTo.get(keyOf(state)) ?? []), event],
        end: statePath(nextState.value),
      }),
    )
  }

  function isPossible(snapshot: AnyMachineSnapshot, event: Event): boolean {
    // A source or a policy that has answered already does not answer again.
    if (snapshot.context.asksPerson && 'actorId' in event) return false
    if (!comesBefore(snapshot as Snapshot, event as EventFrom<Machine>)) return false
    return machine.getTransitionData(snapshot as Snapshot, event).length > 0
  }

  async function walk(input: InputFrom<Machine>, way: readonly Event[]): Promise<string> {
    const clock = new SimulatedClock()
    const actor = createActor(provided, {
      input,
      clock,
      inspect(inspected) {
        if (inspected.type !== '@xstate.microstep') return
        for (const taken of inspected._transitions) hit.add(label(chartEdge(taken)))
      },
    })
    actor.start()
    for (const event of way) {
      if (event.type.startsWith('xstate.after.'))
        clock.increment(lastsFor(event as EventFrom<Machine>))
      else if (event.type.startsWith('xstate.')) settle(event)
      else actor.send(event)
      await setImmediate()
    }
    const end = statePath(actor.getSnapshot().value)
    actor.stop()
    return end
  }
}

/** Actors that end when, and as, the test says. */
function deferredActors(ids: readonly string[]) {
  const running = new Map<string, { resolve(output: never): void; reject(error: unknown): void }>()
  const deferred = (id: string) =>
    fromPromise<never, never>(
      () => new Promise((resolve, reject) => running.set(id, { resolve, reject })),
    )
  const settle = (event: EventObject) => {
    const actor = running.get(event.type.split('.').at(-1) ?? '')
    if ('error' in event) actor?.reject(event.error)
    else if ('output' in event) actor?.resolve(event.output as never)
  }
  const actors: Record<string, unknown> = Object.fromEntries(ids.map((id) => [id, deferred(id)]))
  return { actors: actors as never, settle }
}
