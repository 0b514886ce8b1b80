import {
  answers,
  type Fault,
  refusedEnable,
  sends,
  sendsAndEnds,
  type Target,
  targets,
} from './fault.ts'
import type { Strike } from './recordedEngine.ts'
import {
  answerBytes,
  bodyBytes,
  bodyOf,
  headBytes,
  isChunked,
  type WireAnswer,
  withHeaders,
} from './wireAnswer.ts'

type Made = Pick<Fault, 'detail' | 'strike'> & Partial<Fault>

/** Nothing comes, or only a part, and the connection stays. */
export function silenceFaults(): Fault[] {
  return targets.flatMap((target) => {
    const { length } = answerBytes(target.answer)
    const head = headBytes(target.answer).length
    const places = [0, 1, head - 1, head, Math.floor((head + length) / 2), length - 1]
    const stops = [...new Set(places)]
      .filter((at) => at < length)
      .map((at): Made => {
        const strike = sends((answer) => answerBytes(answer).subarray(0, at))
        return { detail: `after ${at} bytes`, strike }
      })
    const drips = { detail: 'a byte now and then', strike: drip }
    return of('silence', target, [
      ...stops,
      drips,
      { ...stops[0], detail: 'at once', always: true } as Made,
      { ...stops[0], detail: 'at once', deed: 'does it late' } as Made,
    ]).map((fault) => ({ ...fault, patience: PATIENCE_MS }))
  })
}

/** A flow of a busy machine gets its answers in less. */
const PATIENCE_MS = 1_500

/** Slower than any answer may be whole. */
const drip: Strike = (socket, answer) => {
  const bytes = answerBytes(answer)
  let at = 0
  const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 20)
  socket.on('close', () => clearInterval(timer))
}

/** The same answer once more, unasked for. */
export function twiceFaults(): Fault[] {
  const again = (delay: number): Strike => {
    return (socket, answer) => {
      socket.write(answerBytes(answer))
      const timer = setTimeout(() => socket.write(answerBytes(answer)), delay)
      socket.on('close', () => clearTimeout(timer))
    }
  }
  return [...targets, refusedEnable].flatMap((target) =>
    of('twice', target, [
      {
        detail: 'at once',
        strike: sends((answer) => Buffer.concat([answerBytes(answer), answerBytes(answer)])),
      },
      { detail: 'a moment later', strike: again(0) },
      { detail: 'much later', strike: again(20) },
    ]),
  )
}

/** The length of the body is not what it is said to be, or said in two ways. */
export function lengthFaults(): Fault[] {
  return targets.flatMap((target) => {
    const saying = (length: string) => (answer: WireAnswer) =>
      withHeaders(answer, { 'Transfer-Encoding': undefined, 'Content-Length': length })
    const plain = (length: string) => (answer: WireAnswer) =>
      Buffer.concat([headBytes(saying(length)(answer)), bodyOf(answer)])
    const size = bodyOf(target.answer).length
    const said = [size - 1, size + 1, size - 7, Math.floor(size / 2), 0, size + 1_000]
    const wrong = said.filter((length) => length >= 0 && length !== size).map(String)
    // All but the line break at its end.
    const enough = bodyOf(target.answer).at(-1) === 0x0a ? String(size - 1) : undefined
    const nonsense = ['-1', 'many', '1e3', '0x10', '99999999999999999999', '1, 2', '']
    return of('length', target, [
      ...[...new Set(wrong), ...nonsense].flatMap((length): Made[] => [
        {
          detail: `said to be "${length}" of ${size}`,
          strike: sends(plain(length)),
          harmless: length === enough,
        },
        {
          detail: `said to be "${length}" of ${size}, then the end`,
          strike: sendsAndEnds(plain(length)),
          harmless: length === enough,
        },
      ]),
      {
        detail: 'both said and chunked',
        strike: answers((answer) =>
          withHeaders(answer, { 'Transfer-Encoding': 'chunked', 'Content-Length': '5' }),
        ),
      },
      { detail: 'not said: all until the end', strike: unsaid, harmless: true },
      ...(isChunked(target.answer) || size > 0 ? chunkFaults() : []),
    ]).map((fault) => ({ ...fault, patience: PATIENCE_MS }))
  })
}

const unsaid = sendsAndEnds((answer) => {
  const changes = {
    'Transfer-Encoding': undefined,
    'Content-Length': undefined,
    Connection: 'close',
  }
  return Buffer.concat([headBytes(withHeaders(answer, changes)), bodyOf(answer)])
})

function chunkFaults(): Made[] {
  const chunked = (answer: WireAnswer) =>
    withHeaders(answer, { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined })
  const with_ = (body: (answer: WireAnswer) => string | Buffer) => (answer: WireAnswer) =>
    Buffer.concat([headBytes(chunked(answer)), Buffer.from(body(answer))])
  const whole = (answer: WireAnswer) => bodyBytes(chunked(answer)).toString('latin1')
  const bodies: [string, (answer: WireAnswer) => string][] = [
    ['a chunk that is longer than said', (answer) => whole(answer).replace(/^[0-9a-f]+/, '3')],
    ['a chunk that is shorter than said', (answer) => whole(answer).replace(/^[0-9a-f]+/, 'fff')],
    ['a chunk of no size', (answer) => whole(answer).replace(/^[0-9a-f]+/, 'zz')],
    ['a chunk of every size', (answer) => whole(answer).replace(/^[0-9a-f]+/, 'f'.repeat(16))],
    ['no last chunk', (answer) => whole(answer).replace(/0\r\n\r\n$/, '')],
    ['half a last chunk', (answer) => whole(answer).replace(/0\r\n\r\n$/, '0\r\n')],
  ]
  return bodies.flatMap(([detail, body]): Made[] => [
    { detail, strike: sends(with_(body)) },
    { detail: `${detail}, then the end`, strike: sendsAndEnds(with_(body)) },
  ])
}

function of(kind: Fault['kind'], { role, story }: Target, made: readonly Made[]): Fault[] {
  return made.map((fault) => ({ kind, role, story, ...fault }))
}
