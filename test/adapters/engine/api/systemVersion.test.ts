import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

suite('systemVersion :: request', (test) => {
  test('GET', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, { Version: '28.5.1', Arch: 'arm64' }),
      async (connection, { requests }) => {
        assert.equal(await callOn(connection, 'systemVersion', {}), {
          version: '28.5.1',
          arch: 'arm64',
        })
        assert.is(requests[0]?.method, 'GET')
        assert.is(requests[0]?.url, '/version')
        assert.is(requests[0]?.headers['x-registry-auth'], undefined)
      },
    )
  })

  for (const answer of [{}, { Version: '' }, { Version: null }]) {
    test(`${JSON.stringify(answer)} :: the engine does not tell`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => assert.equal(await callOn(connection, 'systemVersion', {}), {}),
      )
    })
  }
})

suite('systemVersion :: failure', (test) => {
  for (const answer of [null, [], { Version: 28 }, { Arch: 64 }]) {
    test(`200 ${JSON.stringify(answer)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          await refusedWith('engine-protocol', () => callOn(connection, 'systemVersion', {}))
        },
      )
    })
  }
})
