import { createHash } from 'node:crypto'
import { answers, type Fault, sendsAndEnds, type Target, targets } from './fault.ts'
import {
  bodyOf,
  headBytes,
  isChunked,
  type WireAnswer,
  withBody,
  withHeaders,
} from './wireAnswer.ts'

type Made = Pick<Fault, 'detail' | 'strike'> & Partial<Fault>

const MB = 1024 * 1024

/** Bytes that are no answer at all. */
export function garbageFaults(seed: number): Fault[] {
  const noise = (length: number) => noiseOf(`${seed} ${length}`, length)
  const afterHead = (bytes: Buffer) => (answer: WireAnswer) =>
    Buffer.concat([headBytes(answer), bytes])
  const texts: [string, string][] = [
    ['another protocol', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'],
    ['a greeting', '220 mail.example ESMTP\r\n'],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/0.9', 'hello\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status of letters', 'HTTP/1.1 OK OK\r\n\r\n'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a header with a NUL', 'HTTP/1.1 200 OK\r\nA: \0\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['empty lines', '\r\n\r\n\r\n\r\n'],
  ]
  return targets.flatMap((target) =>
    of('garbage', target, [
      ...texts.map(([detail, text]): Made => {
        return { detail, strike: sendsAndEnds(() => Buffer.from(text, 'latin1')) }
      }),
      ...[1, 16, 4096].map((length): Made => {
        return { detail: `${length} bytes of noise`, strike: sendsAndEnds(() => noise(length)) }
      }),
      {
        detail: 'noise in place of the body',
        strike: answers((answer) => withBody(answer, noise(bodyOf(answer).length || 50))),
      },
      { detail: 'noise after the head', strike: sendsAndEnds(afterHead(noise(64))) },
      {
        detail: 'a byte order mark',
        strike: answers((answer) => withBody(answer, '\ufeff', bodyOf(answer))),
      },
      { detail: 'text that is no JSON', strike: answers((answer) => withBody(answer, 'hello\n')) },
      { detail: 'half of the body as all of it', strike: answers(halved) },
    ]),
  )
}

function halved(answer: WireAnswer): WireAnswer {
  const body = bodyOf(answer)
  return withBody(answer, body.subarray(0, Math.floor(body.length / 2)))
}

/** More than any engine sends. */
export function hugeFaults(): Fault[] {
  const line = Buffer.from(`{"message":"${'x'.repeat(10 * MB)}","status":"x"}\n`)
  const blank = Buffer.concat([Buffer.alloc(10 * MB, ' '), Buffer.from('\n')])
  const header = (answer: WireAnswer) => withHeaders(answer, { 'X-Much': 'x'.repeat(MB) })
  const many = (answer: WireAnswer) => ({
    ...answer,
    headers: [
      ...answer.headers,
      ...Array.from({ length: 3_000 }, (_, at): [string, string] => [`X-${at}`, 'x']),
    ],
  })
  return targets.flatMap((target) =>
    of('too much', target, [
      { detail: 'a line of 10 MB', strike: answers((answer) => withBody(withSize(answer), line)) },
      {
        detail: '10 MB of blanks before',
        strike: answers((answer) => withBody(withSize(answer), blank, bodyOf(answer))),
      },
      { detail: 'a header of 1 MB', strike: answers(header) },
      { detail: '3000 headers', strike: answers(many) },
      {
        detail: 'a status line of 1 MB',
        strike: answers((answer) => ({ ...answer, reason: 'x'.repeat(MB) })),
      },
    ]),
  )
}

/** JSON that is nested too deeply for a recursive reader. */
export function deepFaults(): Fault[] {
  const DEPTH = 100_000
  const lists = '['.repeat(DEPTH) + ']'.repeat(DEPTH)
  const objects = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`
  const bodies: [detail: string, body: string][] = [
    ['lists', lists],
    ['objects', objects],
    ['never closed', '['.repeat(DEPTH)],
  ]
  const places: [detail: string, place: RegExp, more: string][] = [
    ['in an unknown field', /^\[?\{/, `"Deep":${lists},`],
    ['in a part that is kept', /"Config":\{/, `"Deep":${objects},`],
  ]
  return targets.flatMap((target) => {
    const text = bodyOf(target.answer).toString()
    return of('deep', target, [
      ...bodies.map(([detail, body]): Made => {
        return { detail, strike: answers((answer) => withBody(withSize(answer), body)) }
      }),
      ...places
        .filter(([, place]) => place.test(text))
        .map(
          ([detail, place, more]): Made => ({
            detail,
            strike: answers((answer) => withBody(withSize(answer), put(answer, place, more))),
          }),
        ),
    ])
  })
}

function put(answer: WireAnswer, after: RegExp, more: string): string {
  return bodyOf(answer)
    .toString()
    .replace(after, (found) => found + more)
}

/** Bytes that are no UTF-8, in the middle of a text and around it. */
export function encodingFaults(): Fault[] {
  const bad: [string, number[]][] = [
    ['a lone byte', [0xff]],
    ['an unfinished character', [0xe2, 0x82]],
    ['a lone continuation', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ['a NUL', [0x00]],
    ['UTF-16', [0xfe, 0xff, 0x00, 0x41]],
  ]
  const insert = (answer: WireAnswer, bytes: number[], after: string) => {
    const body = bodyOf(answer)
    const at = body.indexOf(after)
    const place = at === -1 ? 0 : at + after.length
    return withBody(
      withSize(answer),
      Buffer.concat([body.subarray(0, place), Buffer.from(bytes), body.subarray(place)]),
    )
  }
  const places = ['', '":"', '":["', '"Id":"', '"Name":"', '"Source":"', 'Digest: ', '/tmp']
  return targets.flatMap((target) =>
    of(
      'not UTF-8',
      target,
      bad.flatMap(([what, bytes]) =>
        places
          .filter((after) => after === '' || bodyOf(target.answer).includes(after))
          .map((after): Made => {
            const where = after === '' ? 'at the start' : `after ${after}`
            return {
              detail: `${what} ${where}`,
              strike: answers((answer) => insert(answer, bytes, after)),
            }
          }),
      ),
    ),
  )
}

/** A body with a length where it had none. */
function withSize(answer: WireAnswer): WireAnswer {
  if (isChunked(answer)) return answer
  return withHeaders(answer, { 'Content-Length': '0', 'Content-Type': 'application/json' })
}

function noiseOf(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash('sha256').update(`${seed} ${at}`).digest(),
  )
  return Buffer.concat(blocks).subarray(0, length)
}

function of(kind: Fault['kind'], { role, story }: Target, made: readonly Made[]): Fault[] {
  return made.map((fault) => ({ kind, role, story, ...fault }))
}
