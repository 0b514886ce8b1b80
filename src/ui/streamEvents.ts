import type { ServerResponse } from 'node:http'
import type { ShelvedFlow } from './flowShelf.ts'

/** Nobody sees more of a bar. */
const PROGRESS_MS = 100
/** Proxies and browsers take silence for a dead connection. */
const HEARTBEAT_MS = 15_000
const RETRY_MS = 500

/**
 * Streams a flow's events after a number as Server-Sent Events, until the last or until nobody listens.
 * A slow listener gets what is kept when it can take more, and never a backlog.
 */
export function streamEvents(flow: ShelvedFlow, response: ServerResponse, after: number): void {
  let sent = after
  let isFull = false
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    for (let next = flow.log.after(sent); next && !isFull; next = flow.log.after(sent)) {
      sent = next.sequence
      isFull = !response.write(`id: ${sent}\ndata: ${JSON.stringify(next)}\n\n`)
    }
    if (flow.hasEnded && !isFull) response.end()
  }
  const flushInTime = () => {
    const isUrgent = flow.hasEnded || flow.log.events.at(-1)?.type !== 'progress'
    if (isUrgent) flush()
    else timer ??= setTimeout(flush, PROGRESS_MS)
  }
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
  const leave = flow.onChange(flushInTime)
  response.on('drain', () => {
    isFull = false
    flush()
  })
  response.on('close', () => {
    leave()
    clearInterval(heartbeat)
    clearTimeout(timer)
  })
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.write(`retry: ${RETRY_MS}\n\n`)
  flush()
}
