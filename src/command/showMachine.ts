import { visible } from '../text/visible.ts'
import { readPageFiles } from '../ui/servePage.ts'
import { startMachineUi } from '../ui/startUi.ts'
import type { Outputs } from './commandEntry.ts'
import type { MachineUiCommand } from './entries/ui.ts'
import { catchInterrupts } from './interrupts.ts'
import { readMachineFile } from './readMachineFile.ts'
import type { Surroundings } from './surroundings.ts'

/** The layout of more can take longer than people expect of a command. */
const MANY_TRANSITIONS = 300

/**
 * Serves the page of a machine until a signal comes. Resolves to the exit status.
 *
 * @throws UsageError when the file holds no machine
 */
export async function showMachine(
  { machine, port }: MachineUiCommand,
  surroundings: Surroundings,
  { stdout, stderr }: Outputs,
): Promise<number> {
  const statechart = await readMachineFile(machine, surroundings.stdin)
  try {
    const files = await readPageFiles()
    // Nothing else runs in the process meanwhile: so that Ctrl-C ends it, no signal is caught before.
    const { layOutMachine } = await import('../chart/layout/layOut.ts')
    if (statechart.edges.length > MANY_TRANSITIONS) {
      stderr.write(`plugin-flow: laying out ${statechart.edges.length} transitions takes a while\n`)
    }
    const chart = await layOutMachine(statechart)
    const server = await startMachineUi({ chart, port, files })
    const interrupted = untilInterrupted(surroundings)
    stdout.write(`plugin-flow ui: open ${server.url}\n`)
    const exitCode = await interrupted
    await server.close()
    return exitCode
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    stderr.write(`plugin-flow: ${visible(message)}\n`)
    return 1
  }
}

/** Resolves to the exit status of the first signal. */
async function untilInterrupted({ signals }: Surroundings): Promise<number> {
  let end = () => {}
  const interrupted = new Promise<void>((resolve) => {
    end = resolve
  })
  const interrupts = catchInterrupts(signals, () => end())
  await interrupted
  interrupts.release()
  return interrupts.first?.exitCode ?? 0
}
