import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { OperationId } from '../../../machines/engine.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { callOn, inputs, withEngine } from './engineFixture.ts'

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

/** The tests of every field that names a plugin: nothing of the kind is sent. */
export function namesNoPlugin(test: Test, operation: OperationId, field: 'name' | 'remote'): void {
  for (const name of HOSTILE) {
    test(`${JSON.stringify(name)} :: is not sent`, async () => {
      await withEngine(
        (_, response) => response.end(),
        async (connection, { requests }) => {
          const input = { ...inputs[operation], [field]: name }
          const error = await refusedWith('invalid-reference', () =>
            callOn(connection, operation, input),
          )
          assert.match(error.message, /is not the name or the id of a plugin$/)
          assert.equal(error.details, { operation })
          assert.equal(requests, [])
        },
      )
    })
  }
}
