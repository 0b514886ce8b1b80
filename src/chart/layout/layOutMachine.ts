import type { MachineChart } from '../machineChart.ts'
import type { Statechart } from '../statechart/statechart.ts'
import { layOut } from './layOut.ts'
import { wholeLabels } from './pictureStyle.ts'

/** A machine as its page shows it. */
export async function layOutMachine(chart: Statechart): Promise<MachineChart> {
  const { initial } = chart.root
  const laidOut = await layOut(chart, { wide: wholeLabels(chart.edges.length) })
  return { ...laidOut, ...(initial !== undefined && { initial }) }
}
