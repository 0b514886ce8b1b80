import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

function ask(body: string) {
  return withEngine(
    (_, response) => response.end(body),
    async (connection, { requests }) => {
      const input = { since: 1_500, until: 1_796_000_000_123, filters: { type: ['plugin'] } }
      const found = await callOn(connection, 'systemEvents', input)
      return { found, url: requests[0]?.url }
    },
  )
}

const removal = {
  Type: 'plugin',
  Action: 'remove',
  Actor: { ID: 'a'.repeat(64), Attributes: { name: 'acme/probe:1.0' } },
  scope: 'local',
  time: 1_796_000_000,
}

suite('systemEvents', (test) => {
  test('GET :: an event a line, between two times in seconds', async () => {
    const bare = { Action: 'pull' }
    const { found, url } = await ask(`${JSON.stringify(removal)}\n${JSON.stringify(bare)}\n`)
    assert.equal(found, [
      { action: 'remove', name: 'acme/probe:1.0' },
      { action: 'pull', name: '' },
    ])
    const filters = encodeURIComponent('{"type":{"plugin":true}}')
    assert.is(url, `/events?since=1.500&until=1796000000.123&filters=${filters}`)
  })

  test('a body without a line :: there were no events', async () => {
    assert.equal((await ask('')).found, [])
  })

  for (const body of [
    '{"Action":',
    '[]',
    '{}',
    '{"Action":"remove","Actor":{"Attributes":{"name":1}}}',
  ]) {
    test(`200 ${body} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => ask(body))
    })
  }
})
