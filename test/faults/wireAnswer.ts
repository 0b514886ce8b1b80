import { readRecording } from '../support/recordingServer.ts'

/** An answer as it goes over the wire, still in parts. */
export interface WireAnswer {
  status: number
  reason: string
  headers: [name: string, value: string][]
  /** The body in the pieces in which it was sent. */
  pieces: Buffer[]
}

/** A recorded answer, with `replace` applied to its body: from, to. */
export function recordedAnswer(scenario: string, ...replace: [string, string][]): WireAnswer {
  const { response } = readRecording(scenario)
  const pieces = response.chunks.map(({ data }) =>
    Buffer.from(replace.reduce((text, [from, to]) => text.replaceAll(from, to), data)),
  )
  const answer: WireAnswer = {
    status: response.status ?? 500,
    reason: 'Recorded',
    headers: response.headers ?? [],
    pieces,
  }
  return withBody(answer, ...pieces)
}

/** The same answer with another body, and a length that says so. */
export function withBody(answer: WireAnswer, ...pieces: (Buffer | string)[]): WireAnswer {
  const buffers = pieces.map((piece) => Buffer.from(piece))
  const length = String(Buffer.concat(buffers).length)
  const headers = answer.headers.map(([name, value]): [string, string] =>
    isLength(name) ? [name, length] : [name, value],
  )
  return { ...answer, headers, pieces: buffers }
}

/** The same answer with other headers; `undefined` takes one away. */
export function withHeaders(
  answer: WireAnswer,
  changes: Readonly<Record<string, string | undefined>>,
): WireAnswer {
  const changed = Object.keys(changes).map((name) => name.toLowerCase())
  const kept = answer.headers.filter(([name]) => !changed.includes(name.toLowerCase()))
  const added = Object.entries(changes).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  )
  return { ...answer, headers: [...kept, ...added] }
}

export function isChunked({ headers }: WireAnswer): boolean {
  return headers.some(([name]) => /^transfer-encoding$/i.test(name))
}

export function bodyOf({ pieces }: WireAnswer): Buffer {
  return Buffer.concat(pieces)
}

/** Status line, headers and the empty line after them. */
export function headBytes({ status, reason, headers }: WireAnswer): Buffer {
  const lines = [`HTTP/1.1 ${status} ${reason}`, ...headers.map(([n, value]) => `${n}: ${value}`)]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

/** The body as it is sent: in chunks, where the headers say so. */
export function bodyBytes(answer: WireAnswer): Buffer {
  if (!isChunked(answer)) return bodyOf(answer)
  const chunks = answer.pieces.flatMap((piece) => [
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')])
}

export function answerBytes(answer: WireAnswer): Buffer {
  return Buffer.concat([headBytes(answer), bodyBytes(answer)])
}

function isLength(name: string): boolean {
  return /^content-length$/i.test(name)
}
