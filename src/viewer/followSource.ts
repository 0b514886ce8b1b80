import type { FlowEvent } from '../events/flowEvent.ts'
import { isFlowEvent } from '../events/readRun.ts'

/** An observable of RxJS, or of anything else with a `subscribe`. */
export interface ObservableLike {
  subscribe(next: (event: FlowEvent) => void): { unsubscribe(): void }
}

interface Follower {
  event(event: FlowEvent): void
  /** Whether the connection stands; `undefined` when the run has ended. */
  connected(isConnected: boolean | undefined): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

/**
 * Follows a stream of Server-Sent Events until the outcome. A browser resumes a dropped stream with
 * the number of the last event; where it gives up, the stream is opened again.
 *
 * @returns how to stop
 */
export function followUrl(url: string, { event, connected }: Follower): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE_MS
  const open = () => {
    source = new EventSource(url)
    source.onopen = () => {
      pause = FIRST_PAUSE_MS
      connected(true)
    }
    source.onmessage = ({ data }) => {
      const read = parse(String(data))
      if (!read) return
      event(read)
      if (read.type !== 'outcome') return
      source?.close()
      connected(undefined)
    }
    source.onerror = () => {
      connected(false)
      if (source?.readyState !== EventSource.CLOSED) return
      timer = setTimeout(open, pause)
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    }
  }
  open()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

function parse(text: string): FlowEvent | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFlowEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}
