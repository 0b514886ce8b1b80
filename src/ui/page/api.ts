import type { Session } from './session.ts'

/** The answer of the server; a refusal has a `message`. */
export interface Answer {
  ok: boolean
  body: Readonly<Record<string, unknown>>
  /** Why it was refused, or empty. */
  message: string
}

export type Ask = (path: string, body?: unknown) => Promise<Answer>

export const GONE = 'The server does not answer. Is plugin-flow ui still running?'

/** Asks the server, which answers in JSON or with nothing. */
export function createAsk(session: Session): Ask {
  return async (path, body) => {
    try {
      const response = await session.send(path, body)
      const text = await response.text()
      const read = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      const { ok } = response
      return { ok, body: read, message: ok ? '' : String(read.message) }
    } catch {
      return { ok: false, body: {}, message: GONE }
    }
  }
}
