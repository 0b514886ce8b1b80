import { answers, type Fault, sends, type Target, targets } from './fault.ts'
import { answerBytes, type WireAnswer, withBody, withHeaders } from './wireAnswer.ts'

type Made = Pick<Fault, 'detail' | 'strike'> & Partial<Fault>

const PAGE = '<html><head><title>Bad Gateway</title></head><body><h1>nginx</h1></body></html>\r\n'

/** Something on the way answers for the engine, which has done what it was asked for, or may yet. */
export function proxyFaults(): Fault[] {
  const said: [string, number, string, string][] = [
    ...[500, 502, 503, 504, 403, 404, 407, 429].map((status): [string, number, string, string] => [
      `a page with ${status}`,
      status,
      'text/html',
      PAGE,
    ]),
    ['a page with 200', 200, 'text/html', PAGE],
    ['a text with 502', 502, 'text/plain', 'Bad Gateway\n'],
    [
      'a text with 503',
      503,
      'text/plain',
      'upstream connect error or disconnect/reset before headers',
    ],
    ['a text with 504', 504, 'text/plain', 'stream timeout'],
    ['no words with 502', 502, 'text/plain', ''],
    ['no words with 504', 504, 'text/plain', ''],
    ['JSON of its own with 503', 503, 'application/json', '{"error":{"code":503}}'],
    ['a message with 502', 502, 'application/json', '{"message":"no healthy upstream"}'],
    ['a message with 504', 504, 'application/json', '{"message":"Endpoint request timed out"}'],
  ]
  return targets.flatMap((target) =>
    of('proxy error', target, [
      ...said.map(([detail, status, type, body]): Made => {
        return { detail, strike: answers((answer) => other(answer, status, type, body)) }
      }),
      {
        detail: 'a page with 504',
        deed: 'does it late',
        strike: answers((answer) => other(answer, 504, 'text/html', PAGE)),
      },
      {
        detail: 'a page with 502',
        deed: 'gives it up',
        strike: answers((answer) => other(answer, 502, 'text/html', PAGE)),
      },
      {
        detail: 'a page with 502',
        always: true,
        strike: answers((answer) => other(answer, 502, 'text/html', PAGE)),
      },
    ]),
  )
}

/** Sent elsewhere: to another host, and to another path of the same one. */
export function redirectFaults(trap: string): Fault[] {
  const places = [`http://${trap}/v1.41/plugins`, `//${trap}/`, '/v1.41/plugins/other/json']
  return targets.flatMap((target) =>
    of(
      'redirect',
      target,
      [300, 301, 302, 303, 304, 305, 307, 308].flatMap((status) =>
        places.map((Location): Made => {
          const strike = answers((answer) =>
            withHeaders(other(answer, status, 'text/plain', ''), { Location }),
          )
          return { detail: `${status} to ${Location.replace(trap, 'HOST')}`, strike }
        }),
      ),
    ),
  )
}

/** Statuses that mean something else, and informational ones before. */
export function otherStatusFaults(): Fault[] {
  const before = (text: string) =>
    sends((answer: WireAnswer) => Buffer.concat([Buffer.from(text), answerBytes(answer)]))
  return targets.flatMap((target) =>
    of('other status', target, [
      { detail: '100 before', strike: before('HTTP/1.1 100 Continue\r\n\r\n'), harmless: true },
      {
        detail: '103 before',
        strike: before('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'),
        harmless: true,
      },
      {
        detail: '102 a hundred times before',
        strike: before('HTTP/1.1 102 Processing\r\n\r\n'.repeat(100)),
        harmless: true,
      },
      {
        detail: '101 before',
        strike: before(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
        ),
      },
      ...[201, 202, 206, 299].map((status): Made => {
        return { detail: `${status}`, strike: answers((answer) => ({ ...sized(answer), status })) }
      }),
      ...[400, 401, 403, 404, 409, 500, 501, 599].map((status): Made => {
        const body = '{"message":"words that no rule knows"}'
        return {
          detail: `${status}`,
          strike: answers((answer) => other(answer, status, 'application/json', body)),
          deed: 'gives it up',
        }
      }),
      {
        detail: '204',
        strike: answers((answer) =>
          withHeaders(withBody({ ...answer, status: 204 }), {
            'Transfer-Encoding': undefined,
            'Content-Length': undefined,
          }),
        ),
      },
      {
        detail: '200 and nothing',
        strike: answers((answer) => other(answer, 200, 'application/json', '')),
      },
      { detail: '999', strike: answers((answer) => ({ ...sized(answer), status: 999 })) },
      {
        detail: 'compressed, as it says',
        strike: answers((answer) => withHeaders(answer, { 'Content-Encoding': 'gzip' })),
      },
    ]),
  )
}

/** A 204 needs no length; every other answer does. */
function sized(answer: WireAnswer): WireAnswer {
  return answer.status === 204 ? withHeaders(answer, { 'Content-Length': '0' }) : answer
}

function other(answer: WireAnswer, status: number, type: string, body: string): WireAnswer {
  const changes = { 'Transfer-Encoding': undefined, 'Content-Length': '0', 'Content-Type': type }
  return withBody(withHeaders({ ...answer, status, reason: 'Other' }, changes), body)
}

function of(kind: Fault['kind'], { role, story }: Target, made: readonly Made[]): Fault[] {
  return made.map((fault) => ({ kind, role, story, ...fault }))
}
