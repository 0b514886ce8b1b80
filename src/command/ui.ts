import { readPageFiles } from '../ui/pageFiles.ts'
import { startUi } from '../ui/startUi.ts'
import type { Outputs } from './commandEntry.ts'
import type { UiCommand } from './entries/ui.ts'
import { catchInterrupts } from './interrupts.ts'
import { openEngine } from './openEngine.ts'
import type { Surroundings } from './surroundings.ts'
import { visible } from './visible.ts'

/** Serves the page until a signal comes; then takes back what runs. Resolves to the exit status. */
export async function ui(
  command: UiCommand,
  surroundings: Surroundings,
  { stdout, stderr }: Outputs,
): Promise<number> {
  let end = () => {}
  const interrupted = new Promise<void>((resolve) => {
    end = resolve
  })
  const interrupts = catchInterrupts(surroundings.signals, () => end())
  try {
    const files = await readPageFiles()
    const open = await openEngine(command, surroundings.env)
    try {
      const { engine } = open
      const server = await startUi({ ...command, engine, simulated: command.embedded, files })
      if (command.embedded) stdout.write(`${SIMULATION}\n`)
      stdout.write(`plugin-flow ui: open ${server.url}\n`)
      await interrupted
      stderr.write('plugin-flow: taking back what runs; once more leaves at once\n')
      await Promise.race([server.cancelFlows(), interrupts.second])
      await server.close()
    } finally {
      await open.close()
    }
    return interrupts.first?.exitCode ?? 0
  } catch (error) {
    stderr.write(
      `plugin-flow: ${visible(error instanceof Error ? error.message : String(error))}\n`,
    )
    return 1
  } finally {
    interrupts.release()
  }
}

const SIMULATION = 'simulation: the embedded engine downloads, runs and keeps nothing'
