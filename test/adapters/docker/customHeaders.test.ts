import * as assert from 'uvu/assert'
import type { DockerWarning } from '../../../adapters/docker/configFile.ts'
import { customHeaders } from '../../../adapters/docker/customHeaders.ts'
import { assertTellsNothing, PLANTED, refusedWith } from '../../support/engineFailure.ts'
import { suite } from '../../support/suite.ts'

const config = (HttpHeaders: unknown) => ({ name: 'the Docker config /x', fields: { HttpHeaders } })
const none = { name: 'the Docker config /x', fields: {} }

suite('customHeaders', (test) => {
  test('none', () => {
    assert.equal(customHeaders({}, none, unexpected), {})
    assert.equal(customHeaders({ DOCKER_CUSTOM_HEADERS: '' }, config(null), unexpected), {})
  })

  test('HttpHeaders :: but for those of the connection, which Docker sets over them', () => {
    const headers = {
      'X-Meta': 'v',
      'User-Agent': 'Docker-Client/19.03.1 (linux)',
      'content-length': '9',
      'X-Registry-Auth': 'e30=',
      'X-Empty': '',
    }
    assert.equal(customHeaders({}, config(headers), unexpected), { 'X-Meta': 'v', 'X-Empty': '' })
  })

  // As Docker's own command has sent them.
  const lines: [text: string, headers: Record<string, string>][] = [
    ['a=b', { a: 'b' }],
    ['a=b,"c=d,e"', { a: 'b', c: 'd,e' }],
    ['a=b=c, d=e', { a: 'b=c', d: 'e' }],
    ['"a=say ""x"""', { a: 'say "x"' }],
    ['a=', { a: '' }],
    ['a=1,a=2', { a: '2' }],
  ]
  for (const [DOCKER_CUSTOM_HEADERS, headers] of lines) {
    test(`DOCKER_CUSTOM_HEADERS :: ${DOCKER_CUSTOM_HEADERS}`, () => {
      assert.equal(
        customHeaders({ DOCKER_CUSTOM_HEADERS }, config({ 'X-Meta': 'v' }), unexpected),
        headers,
      )
    })
  }

  const refused = [
    'a',
    '=b',
    'a=b,,c=d',
    `"a=${PLANTED}`,
    `a="${PLANTED}"`,
    `"a=b"x`,
    'a b=c',
    'a=b\n',
  ]
  for (const DOCKER_CUSTOM_HEADERS of refused) {
    test(`DOCKER_CUSTOM_HEADERS :: ${JSON.stringify(DOCKER_CUSTOM_HEADERS)} is refused`, async () => {
      const error = await refusedWith('invalid-configuration', async () =>
        customHeaders({ DOCKER_CUSTOM_HEADERS }, none, unexpected),
      )
      assert.match(error.message, /^the variable DOCKER_CUSTOM_HEADERS cannot be used: /)
    })
  }

  const broken = [7, [], 'x', { a: 7 }, { 'a b': 'c' }, { a: `${PLANTED}\r\nX: y` }, { '': 'x' }]
  for (const headers of broken) {
    test(`HttpHeaders :: ${JSON.stringify(headers)} is passed over, with a warning`, () => {
      const warnings: DockerWarning[] = []
      assert.equal(
        customHeaders({}, config(headers), (warning) => warnings.push(warning)),
        {},
      )
      assert.is(warnings.length, 1)
      assert.match(
        warnings[0]?.message ?? '',
        /^the Docker config \/x cannot be used: .*; it is ignored$/,
      )
      assertTellsNothing(warnings)
    })
  }
})

function unexpected({ message }: DockerWarning): never {
  throw new Error(message)
}
