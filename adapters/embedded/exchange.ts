import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

const GO_BUFFER_BYTES = 2048

/** One request and the way to answer it. */
export class Exchange {
  /** What the route's pattern caught: the name of a plugin or a reference. */
  readonly name: string
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly #gone = new AbortController()

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
    query: URLSearchParams,
  ) {
    this.request = request
    this.response = response
    this.name = name
    this.query = query
    response.once('close', () => this.#gone.abort())
  }

  /** Fires when the connection has closed. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  get auth(): string | undefined {
    return this.request.headers['x-registry-auth'] as string | undefined
  }

  async body(): Promise<string> {
    let text = ''
    this.request.setEncoding('utf8')
    for await (const chunk of this.request) text += chunk
    return text
  }

  json(status: number, value: unknown): void {
    const { response } = this
    const body = `${JSON.stringify(value)}\n`
    response.statusCode = status
    const bytes = Buffer.byteLength(body)
    response.setHeader('Content-Type', 'application/json')
    // Go's server knows the length of what fits into its buffer, and sends the rest in chunks.
    if (bytes <= GO_BUFFER_BYTES) response.setHeader('Content-Length', bytes)
    else response.flushHeaders()
    response.end(body)
  }

  text(status: number, body: string): void {
    const { response } = this
    response.statusCode = status
    response.setHeader('Content-Type', 'text/plain; charset=utf-8')
    response.setHeader('Content-Length', Buffer.byteLength(body))
    response.end(body)
  }

  nothing(status: 200 | 204): void {
    this.response.statusCode = status
    if (status === 200) this.response.setHeader('Content-Length', 0)
    this.response.end()
  }

  /** One line of a stream that began with 200; waits while the client does not read. */
  async line(line: string): Promise<void> {
    const { response } = this
    if (!response.headersSent) response.setHeader('Content-Type', 'application/json')
    if (!response.write(line)) await once(response, 'drain', { signal: this.gone })
  }
}
