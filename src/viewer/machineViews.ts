import type { MachineEvents } from '../events/flowEvent.ts'
import { installView } from './installView.ts'
import type { MachineView } from './machineView.ts'
import { upgradeView } from './upgradeView.ts'

/** The machine that is shown until the flow's first event names another. */
export const FIRST_MACHINE = 'pluginInstall'

const views: {
  [Id in keyof MachineEvents]: MachineView<
    MachineEvents[Id]['request'],
    MachineEvents[Id]['outcome']
  >
} = { pluginInstall: installView, pluginUpgrade: upgradeView }

const byMachine = new Map<string, unknown>(Object.entries(views))

/** How the flows of a machine are shown. A flow of any other machine is called a run, and asks and ends as an install does. */
export function viewOf({ machine = FIRST_MACHINE }: { machine?: string } = {}): MachineView {
  const view = byMachine.get(machine) ?? { ...installView, noun: 'run' }
  return view as MachineView
}
