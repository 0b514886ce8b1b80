import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Statechart } from '../chart/statechart/readStatechart.ts'
import { parseStatechart } from '../chart/statechart/readStatechart.ts'
import { UsageError } from './usageError.ts'
import { whyUnreadable } from './whyUnreadable.ts'

const MOST_BYTES = 8 * 1024 * 1024

/**
 * The machine that a file holds as JSON; `-` for what comes in.
 *
 * @throws UsageError that names the file, and what is wrong with it
 */
export async function readMachineFile(file: string, stdin: Readable): Promise<Statechart> {
  try {
    return parseStatechart(await readText(file === '-' ? stdin : createReadStream(file)))
  } catch (error) {
    throw new UsageError(`--machine ${file}: ${whyUnreadable(error)}`)
  }
}

async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    if (length > MOST_BYTES) throw new RangeError('it is larger than 8 MiB')
  }
  return Buffer.concat(chunks)
    .toString()
    .replace(/^\ufeff/, '')
}
