import { type OutgoingHttpHeaders, request } from 'node:http'

export interface Answer {
  status: number | null
  headers: Record<string, string>
  body: string
  /** Milliseconds until the headers were there. */
  ms: number
  /** The connection ended without an answer, or in the middle of one. */
  error?: string
}

export interface Call {
  method: string
  path: string
  /** Name and value, one after the other, or an object. */
  headers?: string[] | OutgoingHttpHeaders
  body?: string | null
  /** Called for every piece of the body; `true` closes the connection. */
  onData?: (bodySoFar: string) => boolean
  signal?: AbortSignal
}

/** One request to an engine's socket or port, sent as it is written here. */
export function call(
  host: string,
  { method, path, headers = {}, body, onData, signal }: Call,
): Promise<Answer> {
  const start = performance.now()
  const answer: Answer = { status: null, headers: {}, body: '', ms: 0 }
  return new Promise((done) => {
    const sent = request(
      {
        ...target(host),
        method,
        path,
        headers,
        setHost: !Array.isArray(headers),
        agent: false,
        ...(signal ? { signal } : {}),
      },
      (response) => {
        answer.status = response.statusCode ?? null
        answer.headers = response.headers as Record<string, string>
        answer.ms = performance.now() - start
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          answer.body += chunk
          if (onData?.(answer.body)) sent.destroy()
        })
        response.on('error', (error) => {
          answer.error = error.message
        })
        response.on('close', () => done(answer))
      },
    )
    sent.on('error', ({ message }) => {
      if (answer.status === null) done({ ...answer, error: message })
    })
    sent.end(body ?? undefined)
  })
}

function target(host: string): { socketPath: string } | { host: string; port: string } {
  const { protocol, hostname, port, pathname } = new URL(host)
  return protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port }
}
