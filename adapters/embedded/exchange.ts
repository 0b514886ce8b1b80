/** A request to the engine, whatever carried it here. */
export interface EngineRequest {
  method: string
  /** Path and query. */
  url: string
  /** The value of `X-Registry-Auth`. */
  auth: string | undefined
  body(): Promise<string>
}

/** The way back to the client: one `head`, any number of `write`, and one `end` or `drop`. */
export interface EngineReply {
  /** Fires once the client has gone. */
  readonly gone: AbortSignal
  head(status: number, headers: Readonly<Record<string, string>>): void
  /** Resolves when the client can take more, and rejects once it has gone. */
  write(text: string): Promise<void>
  end(text?: string): void
  /** Closes the connection without an answer. */
  drop(): void
}

/** An error that the engine answers with: its status and its own words. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Thrown where a real 20.10 engine dies: the connection is dropped without an answer. */
export class EngineDied extends Error {
  override readonly name = 'EngineDied'
}

const GO_BUFFER_BYTES = 2048

/** One request and its answer. */
export class Exchange {
  readonly request: EngineRequest
  /** The plugin or reference in the path. */
  readonly name: string
  readonly query: URLSearchParams
  readonly #reply: EngineReply
  readonly #headers: Record<string, string> = {}
  #hasBegun = false

  constructor(request: EngineRequest, reply: EngineReply, name = '') {
    this.request = request
    this.name = name
    this.query = new URLSearchParams(request.url.split(/\?(.*)/s)[1])
    this.#reply = reply
  }

  get gone(): AbortSignal {
    return this.#reply.gone
  }

  /** True once the status has been sent. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  header(name: string, value: string | number): void {
    this.#headers[name] = String(value)
  }

  json(status: number, value: unknown): void {
    const body = `${JSON.stringify(value)}\n`
    this.header('Content-Type', 'application/json')
    // Go's server knows the length of what fits into its buffer, and sends the rest in chunks.
    const bytes = byteLength(body)
    if (bytes <= GO_BUFFER_BYTES) this.header('Content-Length', bytes)
    this.#send(status, body)
  }

  text(status: number, body: string): void {
    this.header('Content-Type', 'text/plain; charset=utf-8')
    this.header('Content-Length', byteLength(body))
    this.#send(status, body)
  }

  nothing(status: 200 | 204): void {
    if (status === 200) this.header('Content-Length', 0)
    this.#send(status)
  }

  /** One line of a stream that begins with 200; waits while the client does not read. */
  async line(line: string): Promise<void> {
    this.#begin()
    await this.#reply.write(line)
  }

  /** Ends a stream, which may have had no line. */
  end(last?: string): void {
    this.#begin()
    this.#reply.end(last)
  }

  drop(): void {
    this.#reply.drop()
  }

  #begin(): void {
    if (this.#hasBegun) return
    this.#hasBegun = true
    this.header('Content-Type', 'application/json')
    this.#reply.head(200, this.#headers)
  }

  #send(status: number, body?: string): void {
    this.#hasBegun = true
    this.#reply.head(status, this.#headers)
    this.#reply.end(body)
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}
