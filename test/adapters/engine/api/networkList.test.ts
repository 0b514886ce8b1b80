import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const driver = 'acme/probe:1.0'

function list(answer: unknown) {
  return withEngine(
    (_, response) => answerJSON(response, 200, answer),
    async (connection, { requests }) => {
      const found = await callOn(connection, 'networkList', { driver })
      return { found: found.map(({ Name }) => Name), request: requests[0] }
    },
  )
}

suite('networkList', (test) => {
  test('GET by the driver :: their names', async () => {
    const { found, request } = await list([
      { Name: 'lan', Id: 'c6f8', Driver: 'acme/probe:1.0', Scope: 'local', Containers: {} },
    ])
    assert.equal(found, ['lan'])
    const query = encodeURIComponent('{"driver":{"acme/probe:1.0":true}}')
    assert.equal([request?.method, request?.url], ['GET', `/networks?filters=${query}`])
  })

  for (const answer of [[], null]) {
    test(`${JSON.stringify(answer)} :: an empty list`, async () => {
      assert.equal((await list(answer)).found, [])
    })
  }

  for (const answer of [[1], [{ Name: '' }], {}]) {
    test(`200 ${JSON.stringify(answer)} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => list(answer))
    })
  }
})
