import * as assert from 'uvu/assert'
import { transition } from 'xstate'
import type { InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { type Snapshot, send } from './chart.ts'

/**
 * Fails unless `check` fails for each action that is forgotten, those of exits and entries too, as far
 * as that changes anything. An action of the transition itself always has to.
 */
export function assertActionsSeen(
  from: Snapshot,
  event: InstallEvent,
  check: (next: Snapshot) => void,
): void {
  const own = actionsOf(from, event)
  const next = facts(send(from, event))
  for (const [name, machine] of forgetful) {
    const without = () => sendBy(machine, from, event)
    if (passes(() => assert.ok(facts(without()) === next))) {
      assert.not(own.includes(name), `${name} changes nothing here`)
    } else {
      assert.not(
        passes(() => check(without())),
        `no check fails without ${name}`,
      )
    }
  }
}

function actionsOf(from: Snapshot, event: InstallEvent): string[] {
  const taken = pluginInstallMachine.getTransitionData(from, event)
  return taken.flatMap(({ actions }) =>
    actions.map((action) => (typeof action === 'string' ? action : Object(action).type)),
  )
}

/** By the name of each action: the machine, were this one action to do nothing. */
const forgetful = new Map(
  Object.keys(pluginInstallMachine.implementations.actions).map((name) => [
    name,
    pluginInstallMachine.provide({ actions: { [name]: () => {} } }),
  ]),
)

function sendBy(
  machine: typeof pluginInstallMachine,
  { value, context }: Snapshot,
  event: InstallEvent,
): Snapshot {
  return transition(machine, machine.resolveState({ value, context }), event)[0]
}

/** What an action can change, but for the time of day. */
function facts({ value, context, output }: Snapshot): string {
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
