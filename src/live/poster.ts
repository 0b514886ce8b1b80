import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveBatch } from './liveStep.ts'

/** The steps that are to be sent. */
export interface Outbox {
  next(): LiveBatch | undefined
  /** The steps up to this number have arrived. */
  sent(last: number): void
  /** Nothing will be sent any more. */
  refused(): void
}

/** Steps come in bursts. */
const GATHER_MS = 20
/** A page that is not there is tried again. */
const RETRY_MS = 1_000
const ANSWER_MS = 5_000
const CLOSE_MS = 1_000
/** The page takes bodies of 64 KiB. */
const MOST_CHARACTERS = 14_000

const ADDRESS = /^http:\/\/127\.0\.0\.1:(\d{1,5})\/#token=([\w-]+)$/

/** Posts batches one after the other, without keeping the process alive. @throws RangeError */
export function createPoster(address: string, outbox: Outbox) {
  const [, port, token] = ADDRESS.exec(String(address).trim()) ?? []
  if (port === undefined) throw new RangeError(`the address must be as ${PRINTED}`)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let timer: NodeJS.Timeout | undefined
  let isSending = false
  let sent: Promise<void> = Promise.resolve()
  let isRefused = false
  let isClosing = false

  /** Resolves to whether the batch has arrived. */
  function send(body: string): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = request({
        host: '127.0.0.1',
        port,
        path: '/live',
        method: 'POST',
        agent,
        timeout: ANSWER_MS,
        headers: {
          Authorization: `Bearer ${token}`,
          // The page's own origin: the server refuses changes from others.
          Origin: `http://127.0.0.1:${port}`,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
        },
      })
      asked.on('socket', (socket) => (isClosing ? socket.ref() : socket.unref()))
      asked.on('timeout', () => asked.destroy())
      asked.on('error', () => resolve(false))
      asked.on('response', (response) => {
        const { statusCode = 0 } = response
        response.resume()
        response.on('close', () => resolve(statusCode === 204))
        if (statusCode >= 400 && statusCode < 500) refuse(statusCode)
      })
      asked.end(body)
    })
  }

  function refuse(status: number): void {
    if (isRefused) return
    isRefused = true
    outbox.refused()
    process.emitWarning(
      `the page does not take this actor (${status}): the address must be as ${PRINTED}`,
    )
  }

  /** Resolves when everything that waits was sent, or a batch of it did not arrive. */
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (!isSending && !isRefused) sent = sendAll()
    return sent
  }

  async function sendAll(): Promise<void> {
    isSending = true
    let hasArrived = true
    for (let batch = outbox.next(); batch && hasArrived; batch = outbox.next()) {
      const { body, last } = write(batch)
      hasArrived = await send(body)
      if (hasArrived) outbox.sent(last)
    }
    isSending = false
    if (!hasArrived && !isClosing) later(RETRY_MS)
  }

  function later(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms).unref()
  }

  return {
    isRefused: () => isRefused,
    post: () => {
      if (!isSending && !isClosing) later(GATHER_MS)
    },
    async close(): Promise<void> {
      isClosing = true
      const inTime = new AbortController()
      const end = sleep(CLOSE_MS, undefined, { signal: inTime.signal }).catch(() => {})
      await Promise.race([flush(), end])
      inTime.abort()
      isRefused = true
      agent.destroy()
    },
  }
}

const PRINTED = 'plugin-flow ui --machine FILE --live prints it: http://127.0.0.1:PORT/#token=TOKEN'

/** As many steps as fit into a body, and the number of the last of them. */
function write({ steps, ...batch }: LiveBatch): { body: string; last: number } {
  const texts: string[] = []
  let size = 0
  let last = 0
  for (const { context, ...step } of steps) {
    const whole = JSON.stringify({ ...step, ...(context !== undefined && { context }) })
    const text = whole.length <= MOST_CHARACTERS ? whole : JSON.stringify(withinBounds(step))
    if (texts.length > 0 && size + text.length > MOST_CHARACTERS) break
    texts.push(text)
    size += text.length
    last = step.sequence
  }
  const head = JSON.stringify(batch).slice(0, -1)
  return { body: `${head},"steps":[${texts.join(',')}]}`, last }
}

/** Machines of this size are not drawn either. */
function withinBounds<Step extends { value: unknown; event: string; machine: string }>(step: Step) {
  const isLarge = JSON.stringify(step.value).length > MOST_CHARACTERS / 2
  return {
    ...step,
    event: step.event.slice(0, 500),
    machine: step.machine.slice(0, 500),
    value: isLarge ? {} : step.value,
    context: '[too large]',
  }
}
