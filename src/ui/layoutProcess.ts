import { layOutMachine } from '../chart/layout/layOut.ts'
import { collapse } from '../chart/statechart/collapse.ts'
import type { LayoutAnswer, LayoutRequest } from './layouter.ts'

// It ends with the process that has started it, whose end closes the channel.
process.on('message', async ({ chart, collapsed }: LayoutRequest) => {
  const answer = await layOutMachine(collapse(chart, new Set(collapsed))).then(
    (layout): LayoutAnswer => ({ layout }),
    ({ message }: Error): LayoutAnswer => ({ message }),
  )
  process.send?.(answer)
})
