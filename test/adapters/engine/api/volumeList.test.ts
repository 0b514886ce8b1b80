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
      const found = await callOn(connection, 'volumeList', { driver })
      return { found: found.map(({ Name }) => Name), request: requests[0] }
    },
  )
}

suite('volumeList', (test) => {
  test('GET by the driver :: their names', async () => {
    const { found, request } = await list({
      Volumes: [
        {
          CreatedAt: '0001-01-01T00:00:00Z',
          Driver: 'acme/probe:1.0',
          Labels: null,
          Name: 'data',
          Scope: 'local',
        },
      ],
      Warnings: null,
    })
    assert.equal(found, ['data'])
    const query = encodeURIComponent('{"driver":{"acme/probe:1.0":true}}')
    assert.equal([request?.method, request?.url], ['GET', `/volumes?filters=${query}`])
  })

  for (const answer of [
    { Volumes: [], Warnings: null },
    { Volumes: null, Warnings: null },
  ]) {
    test(`${JSON.stringify(answer)} :: an empty list`, async () => {
      assert.equal((await list(answer)).found, [])
    })
  }

  for (const answer of [
    { Volumes: [1], Warnings: null },
    { Volumes: [{ Name: '' }], Warnings: null },
    [],
  ]) {
    test(`200 ${JSON.stringify(answer)} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => list(answer))
    })
  }
})
