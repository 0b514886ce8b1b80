import * as assert from 'uvu/assert'
import {
  type AnyStateMachine,
  type AnyTransitionDefinition,
  type EventFrom,
  type SnapshotFrom,
  transition,
} from 'xstate'

/** Shows of a machine that the checks of a test notice each action that is forgotten. */
export function actionsSeen<Machine extends AnyStateMachine>(machine: Machine) {
  type Snapshot = SnapshotFrom<Machine>
  type Event = EventFrom<Machine>

  /** By the name of each action: the machine, were this one action to do nothing. */
  const forgetful = new Map(
    Object.keys(machine.implementations.actions).map((name) => [
      name,
      machine.provide({ actions: { [name]: () => {} } }) as Machine,
    ]),
  )

  /**
   * Fails unless `check` fails for each action that is forgotten, those of exits and entries too, as far
   * as that changes anything. An action of the transition itself always has to.
   */
  function assertActionsSeen(
    taken: readonly AnyTransitionDefinition[],
    from: Snapshot,
    event: Event,
    check: (next: Snapshot) => void,
  ): void {
    const own = taken.flatMap(({ actions }) => actions.map(nameOf))
    const next = facts(sendBy(machine, from, event))
    for (const [name, without] of forgetful) {
      const send = () => sendBy(without, from, event)
      if (passes(() => assert.ok(facts(send()) === next))) {
        assert.not(own.includes(name), `${name} changes nothing here`)
      } else {
        assert.not(
          passes(() => check(send())),
          `no check fails without ${name}`,
        )
      }
    }
  }

  function sendBy(by: Machine, { value, context }: Snapshot, event: Event): Snapshot {
    return transition(by, by.resolveState({ value, context }) as Snapshot, event)[0] as Snapshot
  }

  return { assertActionsSeen }
}

function nameOf(action: unknown): string {
  return typeof action === 'string' ? action : Object(action).type
}

/** The parts of a snapshot that an action can change, but for the time of day. */
function facts({ value, context, output }: SnapshotFrom<AnyStateMachine>): string {
  return JSON.stringify({ value, context, output }).replaceAll(/"\d{4}-\d\d-\d\dT[^"]*Z"/g, '"now"')
}

/** uvu's own `assert.throws` lets the failure of an assertion through. */
function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch {
    return false
  }
}
