import { Readable } from 'node:stream'
import { progressLine } from '../../adapters/embedded/exchange.ts'

const CHUNK = 64 * 1024
const LAYERS = ['3f4d34328a71', 'a1b2c3d4e5f6', '0c1d2e3f4a5b', '9f8e7d6c5b4a', '77aa88bb99cc']
const LAYER_BYTES = 1_234_567_890
const STEPS = 4_000

/** The text that an engine writes of a pull of five layers, some 8 MB of lines. */
export function progressText(): string {
  const lines: string[] = LAYERS.map((id) => progressLine(id, 'Pulling fs layer'))
  for (const status of ['Downloading', 'Extracting']) {
    for (let step = 1; step <= STEPS; step++) {
      const current = Math.floor((LAYER_BYTES / STEPS) * step)
      for (const id of LAYERS) lines.push(progressLine(id, status, current, LAYER_BYTES))
    }
  }
  for (const id of LAYERS) lines.push(progressLine(id, 'Complete'))
  return lines.join('')
}

/**
 * A text `times` times over, in pieces of 64 KB that end wherever they end, as a socket's stream
 * hands them out. Every piece is memory of its own, as a socket's is.
 */
export function chunksOf(text: string, times: number): Readable {
  const bytes = Buffer.from(text)
  const size = bytes.length * times
  const twice = Buffer.concat([bytes, bytes.subarray(0, CHUNK)])
  let at = 0
  return new Readable({
    read() {
      if (at >= size) {
        this.push(null)
        return
      }
      const start = at % bytes.length
      const length = Math.min(CHUNK, size - at)
      at += length
      this.push(Buffer.from(twice.subarray(start, start + length)))
    },
  })
}
