// Decodes progress in a fresh process and prints what it measured: no contender pays for the memory
// that another one has filled.
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { JSONMessage } from '../../machines/plugin.ts'
import { builtDecoder } from './built.ts'
import { chunksOf, progressText } from './progressChunks.ts'

export interface Decoded {
  /** A million bytes each. */
  megabytes: number
  /** Of the processor, of which neighbours on the machine take nothing. */
  ms: number
  /** The number of messages decoded, so that no decoder gets away with less. */
  messages: number
  bytesTold: number
  /** The highest resident memory until 100 MB were decoded, and until the end; in MB. */
  peakAt100: number
  peak: number
}

const [, , name = '', wanted = ''] = process.argv
const text = progressText()
const { jsonStream } = await builtDecoder()
const decoders: Record<string, (stream: Readable, take: Take) => Promise<void>> = {
  jsonStream: decode,
  streamParse,
  followProgress,
}
const take = counting()
await decoders[name]?.(chunksOf(text, 2), counting())

const times = Math.round((Number(wanted) * 1e6) / text.length)
const start = process.cpuUsage()
await decoders[name]?.(chunksOf(text, times), take)
const { user, system } = process.cpuUsage(start)
const ms = (user + system) / 1_000
const { messages, bytesTold, peakAt100, peak } = take
const megabytes = (text.length * times) / 1e6
const decoded: Decoded = { megabytes, ms, messages, bytesTold, peakAt100, peak }
process.stdout.write(JSON.stringify(decoded))

type Take = ReturnType<typeof counting>

function counting() {
  const samplesEvery = 10_000
  const averageLine = text.length / text.split('\n').length
  const count = {
    messages: 0,
    bytesTold: 0,
    peakAt100: 0,
    peak: 0,
    message({ progressDetail }: JSONMessage) {
      count.messages++
      count.bytesTold += progressDetail?.current ?? 0
      if (count.messages % samplesEvery === 0) sample()
    },
  }
  const sample = () => {
    count.peak = Math.max(count.peak, process.memoryUsage.rss() / 1e6)
    if (count.messages * averageLine <= 100e6) count.peakAt100 = count.peak
  }
  return count
}

async function decode(stream: Readable, count: Take): Promise<void> {
  for await (const messages of jsonStream(stream)) {
    for (const message of messages) count.message(message)
  }
}

/** The floor: nothing is checked, and a line may be as long as it likes. */
async function streamParse(stream: Readable, count: Take): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) count.message(JSON.parse(line))
  }
}

function followProgress(stream: Readable, count: Take): Promise<void> {
  const Modem = createRequire(import.meta.url)('docker-modem')
  const modem = new Modem({ socketPath: '/nowhere' })
  return new Promise((resolve, reject) => {
    const finished = (error: unknown) => (error ? reject(error) : resolve())
    modem.followProgress(stream, finished, (message: JSONMessage) => count.message(message))
  })
}
