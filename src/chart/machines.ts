import type { AnyStateMachine as Machine } from 'xstate'
import { pluginInstallLabels } from '../../machines/plugin-install/labels.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { pluginUpgradeLabels } from '../../machines/plugin-upgrade/labels.ts'
import { pluginUpgradeMachine } from '../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import { rolloutLabels } from '../../machines/rollout/labels.ts'
import { rolloutMachine } from '../../machines/rollout/rolloutMachine.ts'
import type { ChartLabels } from './arrowLabels.ts'

export type { Machine }

/**
 * Every statechart of this package, with what its pictures write at their arrows. This is the one list to
 * add a machine to: layouts (`npm run layout`), docs (`npm run docs`), `plugin-flow machine` and
 * `<plugin-flow>` follow it.
 */
const charts: readonly (readonly [machine: Machine, labels: ChartLabels])[] = [
  [pluginInstallMachine, pluginInstallLabels],
  [pluginUpgradeMachine, pluginUpgradeLabels],
  [rolloutMachine, rolloutLabels],
]

/** Every statechart, by its id. */
export const machines: ReadonlyMap<string, Machine> = new Map(
  charts.map(([machine]) => [machine.id, machine]),
)

/** The labels of a machine's arrows, by its id. */
export const chartLabels: ReadonlyMap<string, ChartLabels> = new Map(
  charts.map(([{ id }, labels]) => [id, labels]),
)
