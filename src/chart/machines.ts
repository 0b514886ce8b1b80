import type { AnyStateMachine as Machine } from 'xstate'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { pluginUpgradeMachine } from '../../machines/plugin-upgrade/pluginUpgradeMachine.ts'

export type { Machine }

/**
 * Every statechart of this package, by its id. This is the one list to add a machine to: layouts
 * (`npm run layout`), docs (`npm run docs`), `plugin-flow machine` and `<plugin-flow>` follow it.
 */
export const machines: ReadonlyMap<string, Machine> = new Map(
  [pluginInstallMachine, pluginUpgradeMachine].map((machine): [string, Machine] => [
    machine.id,
    machine,
  ]),
)
