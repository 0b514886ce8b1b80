import type { ServerResponse } from 'node:http'

/** Proxies and browsers take silence for a dead connection. */
const HEARTBEAT_MS = 15_000
const RETRY_MS = 500

/** Server-Sent Events to one client. */
export interface EventStream {
  /** `false` once the client can take no more for now. Absent `id`: the message is not resumed after. */
  send(value: unknown, id?: number): boolean
  end(): void
}

/**
 * Begins a stream of Server-Sent Events.
 *
 * @param onDrain called when a client that could take no more can take more
 * @param onClose called once, when the stream has ended or the client is gone
 */
export function openStream(
  response: ServerResponse,
  { onDrain, onClose }: { onDrain: () => void; onClose: () => void },
): EventStream {
  // It tells of its end only once, which may have been while the first message was made.
  if (response.destroyed) {
    onClose()
    return { send: () => false, end() {} }
  }
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS)
  response.on('drain', onDrain)
  response.on('close', () => {
    clearInterval(heartbeat)
    onClose()
  })
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.write(`retry: ${RETRY_MS}\n\n`)
  return {
    send: (value, id) =>
      response.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(value)}\n\n`),
    end: () => void response.end(),
  }
}
