import type { ConnectedEngine } from '../flow/connect.ts'
import { installPlugin } from '../flow/installPlugin.ts'
import { visible } from '../text/visible.ts'
import type { Install } from '../ui/flowRegistry.ts'
import { type PageFiles, readPageFiles } from '../ui/servePage.ts'
import { startUi } from '../ui/startUi.ts'
import type { Outputs } from './commandEntry.ts'
import type { FlowUiCommand, UiCommand } from './entries/ui.ts'
import { catchInterrupts, type Interrupts } from './interrupts.ts'
import { openEngine } from './openEngine.ts'
import { beginJournal } from './runs/beginJournal.ts'
import type { Surroundings } from './surroundings.ts'

/** `plugin-flow ui`: the page of flows, or of one machine. Resolves to the exit status. */
export async function ui(
  command: UiCommand,
  surroundings: Surroundings,
  outputs: Outputs,
): Promise<number> {
  if (!('machine' in command)) return showFlows(command, surroundings, outputs)
  const { showMachine } = await import('./showMachine.ts')
  return showMachine(command, surroundings, outputs)
}

/** Serves the page until a signal comes; then takes back what runs. */
async function showFlows(
  command: FlowUiCommand,
  surroundings: Surroundings,
  outputs: Outputs,
): Promise<number> {
  let end = () => {}
  const interrupted = new Promise<void>((resolve) => {
    end = resolve
  })
  const open = () => openEngine(command, surroundings.env)
  try {
    const files = await readPageFiles()
    // No signal is heard while Docker's files are read, so none is caught before they have been. The engine
    // that is inside of this command reads none, and has a socket to remove.
    const early = command.embedded ? undefined : await open()
    const interrupts = catchInterrupts(surroundings.signals, () => end())
    try {
      const opened = early ?? (await open())
      const page = { files, engine: opened.engine, interrupted, interrupts }
      return await serve(command, page, surroundings, outputs).finally(opened.close)
    } finally {
      interrupts.release()
    }
  } catch (error) {
    outputs.stderr.write(
      `plugin-flow: ${visible(error instanceof Error ? error.message : String(error))}\n`,
    )
    return 1
  }
}

interface Page {
  files: PageFiles
  engine: ConnectedEngine
  interrupted: Promise<void>
  interrupts: Interrupts
}

async function serve(
  command: FlowUiCommand,
  { files, engine, interrupted, interrupts }: Page,
  surroundings: Surroundings,
  { stdout, stderr }: Outputs,
): Promise<number> {
  const view = { notice: (line: string) => stderr.write(`${line}\n`) }
  const { install, written } = journaledInstalls(engine, command, { ...surroundings, view })
  const server = await startUi({
    host: engine.host,
    install,
    simulated: command.embedded,
    port: command.port,
    files,
  })
  if (command.embedded) stdout.write(`${SIMULATION}\n`)
  stdout.write(`plugin-flow ui: open ${server.url}\n`)
  await interrupted
  stderr.write('plugin-flow: taking back what runs; once more leaves at once\n')
  await Promise.race([server.cancelFlows().then(written), interrupts.second])
  await server.close()
  return interrupts.first?.exitCode ?? 0
}

/** Installs that are written down while they last, on an engine that is not simulated. */
function journaledInstalls(
  engine: ConnectedEngine,
  command: FlowUiCommand,
  journal: Parameters<typeof beginJournal>[2],
): { install: Install; written(): Promise<void> } {
  if (command.embedded) {
    return { install: (options) => installPlugin(engine, options), written: async () => {} }
  }
  const open = new Set<Promise<void>>()
  return {
    install(options) {
      const run = beginJournal(engine, command, journal)
      const flow = installPlugin(engine, {
        ...options,
        journal: async (snapshot) => (await run)?.write(snapshot),
      })
      const close = async () => (await run)?.close()
      const closed = flow.result.then(close, close).catch(() => {})
      open.add(closed)
      void closed.then(() => open.delete(closed))
      return flow
    },
    written: async () => void (await Promise.all(open)),
  }
}

const SIMULATION = 'simulation: the embedded engine downloads, runs and keeps nothing'
