import { toMermaid } from '../chart/chart.ts'
import { toSvg } from '../chart/drawChart.ts'
import { layouts } from '../chart/layouts.generated.ts'
import { type Machine, machines } from '../chart/machines.ts'
import { toScxml } from '../chart/toScxml.ts'
import type { Run } from './commandEntry.ts'
import type { MachineCommand, MachineFormat } from './entries/machine.ts'
import { UsageError } from './usageError.ts'

/** `plugin-flow machine`: a chart in one of its forms. @throws UsageError on an unknown machine */
export const machine: Run<MachineCommand> = async ({ format, id }, _surroundings, { stdout }) => {
  const known = machines.get(id)
  if (!known)
    throw new UsageError(`there is no machine "${id}", only ${[...machines.keys()].join(', ')}`)
  stdout.write(formats[format](known))
  return 0
}

const formats: Readonly<Record<MachineFormat, (machine: Machine) => string>> = {
  // The config holds no code, such as how the context is computed.
  json: ({ config }) => `${JSON.stringify(config, null, 2)}\n`,
  mermaid: toMermaid,
  scxml: toScxml,
  svg: ({ id }) => {
    const layout = layouts.get(id)
    if (!layout) throw new Error(`the machine ${id} has no layout: npm run layout`)
    return toSvg(layout)
  },
}
