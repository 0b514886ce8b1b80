import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

function list(answer: unknown) {
  return withEngine(
    (_, response) => answerJSON(response, 200, answer),
    async (connection, { requests }) => {
      const found = await callOn(connection, 'containerList', {})
      return { found, request: requests[0] }
    },
  )
}

/** As 20.10.24 shows one that was never started, cut short. */
const created = {
  Id: 'f97660e20c4c5938d274d7376e1e6e632e2bcc75b20543d3e2c3e4d196a4c60c',
  Names: ['/web'],
  Command: '/probe --password hidden',
  State: 'created',
  NetworkSettings: { Networks: { none: { NetworkID: '' } } },
  Mounts: [{ Type: 'volume', Name: 'v1', Destination: '/v', Driver: 'acme/probe:1.0' }],
}

suite('containerList', (test) => {
  test('GET, also of those that do not run :: their names, drivers and networks, and no more', async () => {
    const { found, request } = await list([created])
    assert.equal(found, [
      { Names: ['/web'], Mounts: [{ Driver: 'acme/probe:1.0' }], Networks: ['none'] },
    ])
    assert.equal([request?.method, request?.url], ['GET', '/containers/json?all=1'])
  })

  test('a mount of the host, and what Go leaves out :: is empty', async () => {
    assert.equal((await list([{ Names: null, Mounts: [{ Type: 'bind' }] }])).found, [
      { Names: [], Mounts: [{ Driver: '' }], Networks: [] },
    ])
    assert.equal((await list([{}])).found, [{ Names: [], Mounts: [], Networks: [] }])
    for (const answer of [[], null]) assert.equal((await list(answer)).found, [])
  })

  for (const answer of [{}, [1], [{ Names: [1] }], [{ NetworkSettings: { Networks: 1 } }]]) {
    test(`200 ${JSON.stringify(answer)} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => list(answer))
    })
  }
})
