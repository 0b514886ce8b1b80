import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyTransitionDefinition,
  type EventFrom,
  getMicrosteps,
  type SnapshotFrom,
  transition,
} from 'xstate'
import { statePath } from '../../machines/statePath.ts'
import { type ChartEdge, chartEdge, chartEdges } from '../../src/chart/chart.ts'
import { actionsSeen } from './actionsSeen.ts'

/**
 * Tests of single transitions of a machine.
 *
 * @param checkOutcome what holds after every transition
 */
export function edgeTests<Machine extends AnyStateMachine>(
  machine: Machine,
  checkOutcome: (
    from: SnapshotFrom<Machine>,
    event: EventFrom<Machine>,
    next: SnapshotFrom<Machine>,
  ) => void,
) {
  type Snapshot = SnapshotFrom<Machine>
  type Event = EventFrom<Machine>
  type Check = (next: Snapshot) => void
  const { assertActionsSeen } = actionsSeen(machine)
  const send = (from: Snapshot, event: Event) => transition(machine, from, event)[0] as Snapshot
  const paths = (from: Snapshot, event: Event) =>
    getMicrosteps(machine, from, event).map(([step]) =>
      statePath((step as AnyMachineSnapshot).value),
    )

  /**
   * A test of one transition. The title is the transition itself, as the chart has it now: one that
   * moved, lost its guard or is no longer taken fails here by its name. Each action of the transition
   * has to change something here, and `check` has to fail without it, as without each entry and exit.
   */
  function edge(test: Test, title: string, from: Snapshot, event: Event, check: Check = () => {}) {
    test(title, () => {
      const taken = machine.getTransitionData(from, event)
      assert.equal(
        taken.map((one) => label(chartEdge(one))),
        [title],
      )
      const own = statePath((from as AnyMachineSnapshot).value)
      const [reached = own] = paths(from, event)
      const target = chartEdge(taken[0] as AnyTransitionDefinition).target ?? own
      assert.ok(isWithin(reached, target), `${reached} is not in ${target}`)
      checkAll(taken, from, event, check)
    })
  }

  /** The same for a transition without an event of its own, which follows that of another. */
  function always(test: Test, title: string, from: Snapshot, event: Event, check: Check) {
    test(title, () => {
      const steps = getMicrosteps(machine, from, event)
      const isTaken = ([snapshot]: (typeof steps)[number]) => {
        const { value, context } = snapshot as AnyMachineSnapshot
        const candidates = alwaysOf(statePath(value))
        const taken = candidates.find(({ guard }) => holds(guard, { context, event }))
        return taken && label(chartEdge(taken)) === title ? taken : undefined
      }
      const index = steps.findIndex((step) => isTaken(step) !== undefined)
      const step = steps[index]
      const taken = step && isTaken(step)
      assert.ok(taken, `it is not taken: ${paths(from, event).join(', ')}`)
      const { target = '' } = chartEdge(taken)
      const reached = String(paths(from, event)[index + 1])
      assert.ok(isWithin(reached, target), `${reached} is not in ${target}`)
      checkAll([taken], from, event, check)
    })
  }

  function checkAll(
    taken: readonly AnyTransitionDefinition[],
    from: Snapshot,
    event: Event,
    check: Check,
  ) {
    const checkBoth = (next: Snapshot) => {
      checkOutcome(from, event, next)
      check(next)
    }
    checkBoth(send(from, event))
    assertActionsSeen(taken, from, event, checkBoth)
  }

  function alwaysOf(path: string): AnyTransitionDefinition[] {
    const node = path
      .split('.')
      .reduce<Machine['root'] | undefined>((above, name) => above?.states[name], machine.root)
    return node?.always ?? []
  }

  function holds(guard: unknown, args: object): boolean {
    if (guard === undefined) return true
    const name = typeof guard === 'string' ? guard : String(Object(guard).type)
    return (machine.implementations.guards[name] as (args: object) => boolean)(args)
  }

  /** Every transition of the chart by its title. */
  const listEdges = () => chartEdges(machine).map(label)

  return { edge, always, listEdges }
}

function isWithin(path: string, target: string): boolean {
  return path === target || path.startsWith(`${target}.`)
}

/** `pulling.streaming · error(pluginPull) [mayReauth] → reauth`. */
export function label({ source, target, event, guard }: ChartEdge): string {
  const condition = guard === undefined ? '' : ` [${guard}]`
  return `${source} · ${event}${condition} → ${target ?? `${source} (stays)`}`
}
