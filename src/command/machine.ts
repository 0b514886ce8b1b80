import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { toMermaid } from '../chart/chart.ts'
import { toSvg } from '../chart/drawChart.ts'
import { pluginInstallLayout } from '../chart/layouts/pluginInstall.generated.ts'
import { toScxml } from '../chart/toScxml.ts'
import type { Run } from './commandEntry.ts'
import type { MachineFormat } from './entries/machine.ts'

/** `plugin-flow machine`: the chart in one of its forms. */
export const machine: Run<MachineFormat> = async (format, _surroundings, { stdout }) => {
  stdout.write(charts[format]())
  return 0
}

const charts: Readonly<Record<MachineFormat, () => string>> = {
  // What the machine computes, such as its context, is code and not in it.
  json: () => `${JSON.stringify(pluginInstallMachine.config, null, 2)}\n`,
  mermaid: () => toMermaid(pluginInstallMachine),
  scxml: () => toScxml(pluginInstallMachine),
  svg: () => toSvg(pluginInstallLayout),
}
