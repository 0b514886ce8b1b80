import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One exchange with a real Docker Engine 20.10.24. */
export interface Recording {
  scenario: string
  note: string
  /** `(no plugin)`, or names with `(enabled)` behind those that were. */
  pluginsAfter: string
  engineDied?: boolean
  request: {
    method: string
    path: string
    headers: [name: string, value: string][]
    body: string | null
  }
  response: {
    status: number | null
    headers: [name: string, value: string][]
    chunks: { ms: number; data: string }[]
    error?: string
    errorCode?: string
    aborted?: boolean
  }
}

const folder = join(import.meta.dirname, '../../recordings/20.10.24')

export const recordings: ReadonlyMap<string, Recording> = new Map(
  readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recording)
    .map((recording) => [recording.scenario, recording]),
)

export function recorded(scenario: string): Recording {
  const recording = recordings.get(scenario)
  if (!recording) throw new Error(`no recording of ${scenario}`)
  return recording
}

export function recordedBody(scenario: string): string {
  return recorded(scenario)
    .response.chunks.map(({ data }) => data)
    .join('')
}
