import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { EngineConnection } from '../../../adapters/engine/http/connectEngine.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { withEngine } from './engineFixture.ts'

/** Names that would make a path another path, or a request another request. */
const HOSTILE = [
  '',
  '..',
  '.',
  '../containers',
  'a/../b',
  'a/./b',
  'a/..',
  'a//b',
  '/a',
  'a/',
  '//engine/a',
  'http://engine/a',
  'a?force=1',
  'a#b',
  'a%2e%2e',
  'a%2F..',
  'a b',
  'a\\b',
  'a\r\nX-Registry-Auth: b',
  'a\0',
  'a\u2028b',
  'ä',
]

/** The tests that every operation with a name has: nothing of the kind is sent. */
export function namesNoPlugin(
  test: Test,
  call: (connection: EngineConnection, name: string) => Promise<unknown>,
): void {
  for (const name of HOSTILE) {
    test(`the name ${JSON.stringify(name)} :: is not sent`, async () => {
      await withEngine(
        (_, response) => response.end(),
        async (connection, { requests }) => {
          const error = await refusedWith('invalid-reference', () => call(connection, name))
          assert.match(error.message, /is not the name or the id of a plugin$/)
          assert.equal(requests, [])
        },
      )
    })
  }
}
