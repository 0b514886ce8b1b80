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
  for (const name of Object.keys(pluginInstallMachine.implementations.actions)) {
    const without = () => sendWithout(name, from, event)
    if (passes(() => assert.equal(facts(without()), next))) {
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

/** The snapshot after the event, were this one action to do nothing. */
function sendWithout(name: string, from: Snapshot, event: InstallEvent): Snapshot {
  const machine = pluginInstallMachine.provide({ actions: { [name]: () => {} } })
  const { value, context } = from
  return transition(machine, machine.resolveState({ value, context }), event)[0]
}

/** What an action can change, but for the time of day. */
function facts({ value, context, output }: Snapshot): unknown {
  const text = JSON.stringify({ value, context, output }, (key, part) => (key === 'at' ? '' : part))
  return JSON.parse(text)
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
