import { readdirSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterPing, type EngineServer, serveEngine } from './engineServer.ts'

/** An engine of which there are recordings: of 26.1.5 those of refusals. */
export type RecordedEngine = '20.10.24' | '26.1.5'

const folderOf = (engine: RecordedEngine) => join(import.meta.dirname, '..', 'recordings', engine)

/** One exchange with a real engine. */
export interface Recording {
  scenario: string
  note: string
  /** The call killed the engine. */
  engineDied?: boolean
  request: { method: string; path: string; headers: [string, string][]; body?: string | null }
  response: {
    status?: number | null
    headers?: [string, string][]
    chunks: { ms: number; data: string }[]
    aborted?: boolean
  }
}

export function readRecording(scenario: string, engine: RecordedEngine = '20.10.24'): Recording {
  return JSON.parse(readFileSync(join(folderOf(engine), `${scenario}.json`), 'utf8')) as Recording
}

/** The names of the recordings of a kind, e.g. `pull`. */
export function scenarios(kind: string, engine: RecordedEngine = '20.10.24'): string[] {
  return readdirSync(folderOf(engine))
    .filter((file) => file.startsWith(`${kind}.`) && file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort()
}

/** The whole body of a recorded answer. */
export function recordedBody({ response }: Recording): Buffer {
  return Buffer.from(response.chunks.map(({ data }) => data).join(''), 'utf8')
}

export interface ReplayOptions {
  /** Bytes of the body after which the connection is destroyed. */
  cut?: number
  /** The pieces to send the body in. Default: as recorded. */
  chunks?: readonly Uint8Array[]
}

/** A server that pings as the recorded engine and answers everything else as it was recorded. */
export function replay(recording: Recording, options: ReplayOptions = {}): Promise<EngineServer> {
  return serveEngine(
    afterPing((_request, response) => answerAsRecorded(recording, response, options)),
  )
}

export async function answerAsRecorded(
  { engineDied, response: recorded }: Recording,
  response: ServerResponse,
  { cut, chunks }: ReplayOptions = {},
): Promise<void> {
  if (engineDied) {
    response.destroy()
    return
  }
  response.writeHead(recorded.status ?? 500, Object.fromEntries(keptHeaders(recorded.headers)))
  const pieces = chunks ?? recorded.chunks.map(({ data }) => Buffer.from(data, 'utf8'))
  let left = cut ?? Number.POSITIVE_INFINITY
  for (const piece of pieces) {
    await write(response, piece.subarray(0, left))
    left -= piece.length
    if (left <= 0) break
  }
  if (cut !== undefined || recorded.aborted) response.destroy()
  else response.end()
}

/** Node.js adds its own of these. */
function keptHeaders(headers: [string, string][] = []): [string, string][] {
  return headers.filter(([name]) => !/^(date|transfer-encoding|connection)$/i.test(name))
}

/** Lets every piece go out by itself, as far as the kernel lets it. */
async function write(response: ServerResponse, piece: Uint8Array): Promise<void> {
  if (piece.length > 0) await new Promise((done) => response.write(piece, done))
  else response.flushHeaders()
  await setImmediate()
}
