// Speed and memory of the decoder: node --import tsx test/adapters/engine/jsonStream.bench.ts [MB]
// Rounds are interleaved; `floor` is JSON.parse on lines that are split already.
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { jsonStream } from '../../../adapters/engine/http/jsonStream.ts'

const CHUNK = 65_536
const ROUNDS = 5
const SIZE = 50_000_000
const megabytes = Number(process.argv[2] ?? 1_000)

interface Modem {
  followProgress(
    stream: Readable,
    onFinished: (error: Error | null) => void,
    onProgress: (message: { id?: string }) => void,
  ): void
}
const DockerModem = createRequire(import.meta.url)('docker-modem') as new () => Modem

const lines = makeLines(SIZE)
const chunks = cut(Buffer.from(lines.join('')))
const variants = {
  floor: async () => lines.reduce((count, line) => count + (JSON.parse(line).id ? 1 : 0), 0),
  jsonStream: async () => {
    let count = 0
    for await (const messages of jsonStream(source(chunks, 1))) {
      for (const { id } of messages) if (id) count++
    }
    return count
  },
  'docker-modem followProgress': () =>
    new Promise<number>((resolve, reject) => {
      let count = 0
      new DockerModem().followProgress(
        Readable.from(source(chunks, 1), { objectMode: false }),
        (error) => (error ? reject(error) : resolve(count)),
        ({ id }) => {
          if (id) count++
        },
      )
    }),
}

const rates: Record<string, number[]> = {}
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(variants)) {
    const started = process.cpuUsage()
    const count = await run()
    const { user, system } = process.cpuUsage(started)
    if (count !== lines.length) throw new Error(`${name} saw ${count} of ${lines.length} messages`)
    const times = rates[name] ?? []
    times.push(SIZE / (user + system))
    rates[name] = times
  }
}
const floor = median(rates.floor ?? [])
for (const [name, each] of Object.entries(rates)) {
  const rate = median(each)
  console.log(
    `${name}: ${rate.toFixed(0)} MB/s of CPU time, ${(rate / floor).toFixed(2)} of the floor`,
  )
}

let peak = 0
let seen = 0
const before = process.memoryUsage().rss
for await (const messages of jsonStream(source(chunks, Math.ceil((megabytes * 1e6) / SIZE)))) {
  seen += messages.length
  if (seen % 100_000 < messages.length) peak = Math.max(peak, process.memoryUsage().rss)
}
const grown = (peak - before) / 1e6
console.log(
  `${megabytes} MB, ${seen} messages: resident memory at most ${grown.toFixed(0)} MB above the start`,
)

function makeLines(size: number): string[] {
  const made: string[] = []
  for (let length = 0, current = 0; length < size; current += 32_768) {
    const line = `${JSON.stringify({
      status: 'Downloading',
      progressDetail: { current, total: 40_339_024 },
      progress: '[==============\u003e                                    ]  11.53MB/40.34MB',
      id: 'c8ef679daea1',
    })}\r\n`
    made.push(line)
    length += line.length
  }
  return made
}

function cut(body: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < body.length; at += CHUNK) pieces.push(body.subarray(at, at + CHUNK))
  return pieces
}

async function* source(pieces: Buffer[], times: number): AsyncGenerator<Buffer> {
  for (let time = 0; time < times; time++) yield* pieces
}

function median(values: number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
