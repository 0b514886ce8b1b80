import { type IncomingHttpHeaders, request } from 'node:http'

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

const LIMIT_MS = 60_000
const ANSWER_AFTER_MS = 500

/** One request to the engine with nothing in between: what a test compares the flow with. */
export function askEngine(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(body === undefined ? '' : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        method,
        path,
        agent: false,
        signal: AbortSignal.timeout(LIMIT_MS),
        headers: {
          Host: 'docker',
          'Content-Length': bytes.length,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        )
      },
    )
    // An engine that refuses a long body does not read it to its end, and its answer may come after the error.
    sent.on('error', (error) => setTimeout(reject, ANSWER_AFTER_MS, error))
    sent.end(bytes)
  })
}

/** `X-Registry-Auth`: base64url with padding, without which the engine takes it for nothing. */
export function registryAuthHeader(authConfig: object): Record<string, string> {
  const text = Buffer.from(JSON.stringify(authConfig)).toString('base64')
  return { 'X-Registry-Auth': text.replaceAll('+', '-').replaceAll('/', '_') }
}
