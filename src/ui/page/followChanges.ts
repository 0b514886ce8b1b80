import { readMessages } from '../../viewer/readMessages.ts'
import { GONE } from './api.ts'
import type { Session } from './session.ts'

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

export interface Following<News> {
  /** Called with each message. */
  shown(news: News): void
  /** Called with the reason why the stream is missing, and with an empty text once it is there. */
  failed(why: string): void
  /** Ends it. Default: it is followed for as long as the page is open. */
  signal?: AbortSignal
}

/** Follows what the server streams: a stream that ends is opened again. */
export async function followChanges<News>(
  session: Session,
  path: string,
  { shown, failed, signal }: Following<News>,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    let why = GONE
    try {
      const response = await session.send(path, undefined, signal)
      // Another server has this address by now, and the page is locked.
      if (response.status === 403) return
      if (response.ok && response.body) {
        failed('')
        for await (const { data } of readMessages(response.body)) {
          if (signal?.aborted) return
          shown(JSON.parse(data) as News)
          pause = FIRST_PAUSE_MS
        }
      } else why = ((await response.json()) as { message: string }).message
    } catch {
      // Tried again below, as when it ends.
    }
    if (signal?.aborted) return
    failed(why)
    await new Promise((resolve) => setTimeout(resolve, pause))
    if (signal?.aborted) return
  }
}
