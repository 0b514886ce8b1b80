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

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
const BAR_WIDTH = 50

const ESCAPES: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

/** `Pulling from …` and `Digest: …`. */
export function messageLine(status: string, id?: string): string {
  return `${encode({ status, id })}\r\n`
}

/** One step of one layer. `current` is left out while it is 0, as the engine does. */
export function progressLine(id: string, status: string, current = 0, total = 0): string {
  const progressDetail = {
    ...(current > 0 ? { current } : {}),
    ...(total > 0 ? { total } : {}),
  }
  const progress = progressText(current, total)
  return `${encode({ status, progressDetail, ...(progress ? { progress } : {}), id })}\r\n`
}

export function errorLine(message: string): string {
  return `${encode({ errorDetail: { message }, error: message })}\r\n`
}

/** The bar as the engine draws it, for clients that show `progress` unchanged. */
function progressText(current: number, total: number): string {
  if (current <= 0 && total <= 0) return ''
  if (total <= 0) return humanSize(current).padStart(8)
  const filled = Math.min(Math.floor(Math.floor((current / total) * 100) / 2), BAR_WIDTH)
  const bar = `[${'='.repeat(filled)}>${' '.repeat(BAR_WIDTH - filled)}]`
  return `${bar} ${humanSize(current).padStart(8)}/${humanSize(total)}`
}

/** Four significant digits in powers of 1000. */
function humanSize(bytes: number): string {
  let unit = 0
  let size = bytes
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000
    unit++
  }
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`
}

/** Escapes the special characters of HTML, as the engine does in streams alone. */
function encode(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (character) => ESCAPES[character] as string)
}
