import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { parseStatechart, type Statechart } from '../../chart/statechart/readStatechart.ts'
import { readPageFiles } from '../../ui/servePage.ts'
import { startMachineUi } from '../../ui/startUi.ts'
import { catchInterrupts } from '../interrupts.ts'
import { unusableFile } from '../options/values.ts'
import { type CommandIo, messageOf, report } from '../processIo.ts'

/** A page that shows a machine, and talks to no engine. */
export interface MachinePage {
  /** Path of its JSON; `-` for standard input. */
  machine: string
  /** On 127.0.0.1; 0 takes any free one. */
  port: number
}

/** The layout of a larger machine can take longer than people expect of a command. */
const MANY_TRANSITIONS = 300
const MAX_BYTES = 8 * 1024 * 1024

/**
 * Serves the page of a machine until a signal comes. Resolves to the exit status.
 *
 * @throws UsageError when the file holds no machine
 */
export async function showMachine({ machine, port }: MachinePage, io: CommandIo): Promise<number> {
  const statechart = await readMachine(machine, io.stdin)
  try {
    const files = await readPageFiles()
    // The layout blocks the process. Signals are caught only after it, so that Ctrl-C ends it.
    const { layOutMachine } = await import('../../chart/layout/layOut.ts')
    if (statechart.edges.length > MANY_TRANSITIONS) {
      report(io, `laying out ${statechart.edges.length} transitions takes a while`)
    }
    const chart = await layOutMachine(statechart)
    const server = await startMachineUi({ chart, port, files })
    const { interrupted, release } = catchInterrupts(io.signals)
    io.stdout.write(`plugin-flow ui: open ${server.url}\n`)
    const { exitCode } = await interrupted
    release()
    await server.close()
    return exitCode
  } catch (error) {
    report(io, messageOf(error))
    return 1
  }
}

/** @throws UsageError that names the file, and the reason why it cannot be used */
async function readMachine(file: string, stdin: Readable): Promise<Statechart> {
  try {
    return parseStatechart(await readText(file === '-' ? stdin : createReadStream(file)))
  } catch (error) {
    throw unusableFile(`--machine ${file}`, error)
  }
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length > MAX_BYTES) throw new RangeError('it is larger than 8 MiB')
  }
  return Buffer.concat(chunks)
    .toString()
    .replace(/^\ufeff/, '')
}
