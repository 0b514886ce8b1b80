import type { FlowEvent } from '../events/flowEvent.ts'
import { isFlowEvent } from '../events/readRun.ts'
import { readMessages } from './readMessages.ts'

/** An observable of RxJS, or of anything else with a `subscribe`. */
export interface ObservableLike {
  subscribe(next: (event: FlowEvent) => void): { unsubscribe(): void }
}

/** Headers of a request, by their names. */
export type RequestHeaders = Readonly<Record<string, string>>

interface Follower {
  event(event: FlowEvent): void
  /** Whether the connection stands; `undefined` when the run has ended. */
  connected(isConnected: boolean | undefined): void
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

/**
 * Follows a stream of Server-Sent Events until the outcome, as an `EventSource` does, which cannot send
 * headers. A stream that drops, or does not open, is opened again after the number of the last event.
 *
 * @returns how to stop
 */
export function followUrl(
  url: string,
  headers: RequestHeaders,
  { event, connected }: Follower,
): () => void {
  const abort = new AbortController()
  const { signal } = abort
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE_MS
  let last = ''

  /** Whether there is nothing more to come. */
  async function follow(): Promise<boolean> {
    const resume: RequestHeaders = last === '' ? {} : { 'Last-Event-ID': last }
    const response = await fetch(url, {
      headers: { ...headers, ...resume, Accept: 'text/event-stream' },
      cache: 'no-store',
      redirect: 'error',
      signal,
    })
    if (response.status === 204) return true
    const type = response.headers.get('Content-Type') ?? ''
    if (!response.ok || !response.body || !type.startsWith('text/event-stream')) {
      await response.body?.cancel()
      return false
    }
    pause = FIRST_PAUSE_MS
    connected(true)
    for await (const { id, data } of readMessages(response.body)) {
      if (signal.aborted) return true
      if (id !== undefined) last = id
      const read = parse(data)
      if (!read) continue
      deliver(read)
      if (read.type === 'outcome') return true
    }
    return false
  }

  /** An error of the follower's is its own, and not one of the stream. */
  function deliver(read: FlowEvent): void {
    try {
      event(read)
    } catch (error) {
      reportError(error)
    }
  }

  async function open(): Promise<void> {
    const isOver = await follow().catch(() => false)
    if (signal.aborted) return
    connected(isOver ? undefined : false)
    if (isOver) return
    timer = setTimeout(() => void open(), pause)
    pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
  }
  void open()
  return () => {
    clearTimeout(timer)
    abort.abort()
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
