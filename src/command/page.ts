import type { Readable } from 'node:stream'
import { journalFolder } from '../../adapters/journal/runJournal.ts'
import { defined } from '../../machines/defined.ts'
import { parseStatechart, type Statechart } from '../chart/statechart/readStatechart.ts'
import type { ConnectedEngine } from '../flow/connect.ts'
import { type PageFiles, readPageFiles } from '../ui/servePage.ts'
import { startsOn } from '../ui/startFlow.ts'
import { startMachineUi } from '../ui/startMachineUi.ts'
import { startUi } from '../ui/startUi.ts'
import { SIMULATION } from './install/drive.ts'
import { recordedRuns } from './install/recordedRuns.ts'
import { openBrowser } from './openBrowser.ts'
import { openEngine } from './openEngine.ts'
import type { EngineSelection } from './options/engine.ts'
import { type QueueSelection, queueOf } from './options/queue.ts'
import { readText, unusableFile } from './options/values.ts'
import { UsageError } from './parseOptions.ts'
import { type CommandIo, catchInterrupts, type Interrupts, messageOf, report } from './processIo.ts'
import { type PageRollouts, pageRollouts } from './rollout/pageRollouts.ts'

/** A page that installs and upgrades plugins on an engine. */
export interface FlowPage extends EngineSelection, QueueSelection {
  /** Use a simulated engine in this process. */
  embedded: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  /** Open it in the system's browser. */
  open: boolean
}

/** Serves the page until a signal comes, then takes back running flows. Resolves to the exit status. */
export async function showFlows(page: FlowPage, io: CommandIo): Promise<number> {
  try {
    const files = await readPageFiles()
    // Node.js delivers no signal while Docker's files are read, so signals are caught only after that. The
    // embedded engine reads none, and has a socket to remove.
    const early = page.embedded ? undefined : await openEngine(page, io)
    const interrupts = catchInterrupts(io.signals)
    try {
      const { engine, close } = early ?? (await openEngine(page, io))
      return await serve(page, files, engine, interrupts, io).finally(close)
    } finally {
      interrupts.release()
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    report(io, messageOf(error))
    return 1
  }
}

async function serve(
  page: FlowPage,
  files: PageFiles,
  engine: ConnectedEngine,
  interrupts: Interrupts,
  io: CommandIo,
): Promise<number> {
  const { embedded, port } = page
  const recorded = embedded ? undefined : recordedRuns(engine, page, io)
  const { starts = startsOn(engine), history, closed = NOTHING } = recorded ?? {}
  const { rollouts, closed: carried = NOTHING } = (await findRollouts(page, io)) ?? {}
  const { host } = engine
  const pageOptions = { engine, host, starts, simulated: embedded, port, files }
  const server = await startUi({ ...pageOptions, ...defined({ history, rollouts }) }).catch(
    async (error: unknown) => {
      await carried()
      throw error
    },
  )
  if (embedded) io.stdout.write(`${SIMULATION}\n`)
  io.stdout.write(`plugin-flow ui: open ${server.url}\n`)
  const removeFile = page.open ? openBrowser(server.url, io) : () => {}
  const { exitCode } = await interrupts.interrupted
  removeFile()
  report(io, 'taking back what runs; once more leaves at once')
  const ended = Promise.all([server.cancelFlows().then(closed), carried()])
  await Promise.race([ended, interrupts.second])
  await server.close()
  return exitCode
}

const NOTHING = async () => {}

/** @throws UsageError that says what is missing, refused or unsafe of the queue */
async function findRollouts(page: FlowPage, io: CommandIo): Promise<PageRollouts | undefined> {
  if (page.embedded) return undefined
  const url = queueOf(page, io.env)
  if (url !== undefined) return (await import('./queue/pageInQueue.ts')).pageInQueue(url, io)
  return journalFolder(io.env) === undefined ? undefined : pageRollouts(io)
}

/** A page that shows a machine, and talks to no engine. */
export interface MachinePage {
  /** Path of its JSON; `-` for standard input. */
  machine: string
  /** Watch running actors of it. */
  live: boolean
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
  /** Open it in the system's browser. */
  open: boolean
}

/** The layout of a larger machine can take longer than people expect of a command. */
const MANY_TRANSITIONS = 60
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Serves the page of a machine until a signal comes. Resolves to the exit status.
 *
 * @throws UsageError when the file holds no machine
 */
export async function showMachine(
  { machine, live, port, open }: MachinePage,
  io: CommandIo,
): Promise<number> {
  const statechart = await readMachine(machine, io.stdin)
  try {
    const files = await readPageFiles()
    const { length } = statechart.edges
    if (length > MANY_TRANSITIONS)
      report(io, `laying out ${length} transitions, which takes a while`)
    // Signals are caught only after the layout, so that Ctrl-C ends it.
    const server = await startMachineUi({ machine: statechart, live, port, files })
    const { interrupted, release } = catchInterrupts(io.signals)
    io.stdout.write(`plugin-flow ui: open ${server.url}\n`)
    if (live) io.stdout.write(`plugin-flow ui: ${WATCH}\n`)
    const removeFile = open ? openBrowser(server.url, io) : () => {}
    const { exitCode } = await interrupted
    removeFile()
    release()
    await server.close()
    return exitCode
  } catch (error) {
    report(io, messageOf(error))
    return 1
  }
}

const WATCH = 'give the same address to liveInspector() of docker-plugin-flow/inspect'

/** @throws UsageError that names the file, and the reason why it cannot be used */
async function readMachine(file: string, stdin: Readable): Promise<Statechart> {
  try {
    const text = file === '-' ? await readInput(stdin) : readText(file, MAX_BYTES)
    return parseStatechart(text.replace(/^\ufeff/, ''))
  } catch (error) {
    throw unusableFile(`--machine ${file}`, error)
  }
}

async function readInput(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length > MAX_BYTES) throw new RangeError('it has more than 8 MiB')
  }
  return Buffer.concat(chunks).toString()
}
