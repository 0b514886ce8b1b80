import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { isEngineError } from '../../../../machines/errors.ts'
import { isInstallError } from '../../../../src/flow/errors.ts'
import { willing } from '../../../adapters/engine/engineFixture.ts'
import {
  answerJSON,
  answerPing,
  type EngineServer,
  type Handler,
  type ReceivedRequest,
  serveEngine,
} from '../../../support/engineServer.ts'

export const { signal } = new AbortController()
export const V = '/v1.41'

/** An engine that has no plugin yet, wherever it is reached. */
export const lacking: Handler = (request, response, message) => {
  if (request.url.endsWith('/_ping')) return answerPing(response)
  if (!/\/plugins\/.*\/json$/.test(request.url)) return willing(request, response, message)
  return answerJSON(response, 404, { message: 'plugin "a" not found' })
}

/** Text that another program would read as the end of something, or as the way to somewhere else. */
const FRAGMENTS = [
  ...['..', '/../', '/..', './', '//', '/', '%2e%2e', '%2E%2E/', '%2f', '%00', '%0d%0a', '%'],
  ...['#', '?', '?a=b', '&remote=x', ';', '@', ':', '\\', ' ', '\t', '\r\n', '\n', '\r', '\0'],
  ...['\r\nX-Registry-Auth: e30=', '\r\n\r\nDELETE /v1.41/plugins/a HTTP/1.1\r\n\r\n', '\u2028'],
  ...['acme', 'volume', ':1.0', 'http://', 'localhost:1', '[::1]', 'ä', '。', '／', '\u202e', 'İ'],
]
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...FRAGMENTS) },
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const hostile = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
/** Something sound, with something hostile somewhere in it, as often as not. */
export const around = (sound: string) =>
  fc.oneof(
    hostile,
    fc.constant(sound),
    fc
      .tuple(fc.nat({ max: sound.length }), hostile)
      .map(([at, text]) => sound.slice(0, at) + text + sound.slice(at)),
  )

export async function onServer(
  handler: Handler,
  act: (server: EngineServer) => Promise<void>,
  tcp = true,
): Promise<void> {
  const server = await serveEngine(handler, { tcp })
  try {
    await act(server)
  } finally {
    await server.close()
  }
}

/** Takes the requests that the server has received since the last call. */
export function taken({ requests }: EngineServer): ReceivedRequest[] {
  return requests.splice(0)
}

/** The headers of every request, besides those that a test adds. */
const HEADERS = ['accept', 'connection', 'content-length', 'content-type', 'host', 'user-agent']

export function assertOwnHeaders(
  requests: readonly ReceivedRequest[],
  more: readonly string[] = [],
) {
  for (const { headers } of requests) {
    const others = Object.keys(headers).filter((name) => ![...HEADERS, ...more].includes(name))
    assert.equal(others, [])
  }
}

/** The code of a refusal that is one clear line. */
export async function refusalOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return ''
  } catch (error) {
    if (!isEngineError(error) && !isInstallError(error)) throw error
    assert.match(error.message, /^[^\p{Cc}\u2028\u2029]{1,900}$/u, 'the message is not one line')
    return error.code
  }
}

/** Both ways have to be taken, or the test shows nothing. */
export function ways() {
  const seen = { sent: 0, refused: 0 }
  return {
    seen,
    both: () => assert.ok(seen.sent > 5 && seen.refused > 5, JSON.stringify(seen)),
  }
}
