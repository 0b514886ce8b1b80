import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

function list(answer: unknown) {
  return withEngine(
    (_, response) => answerJSON(response, 200, answer),
    async (connection, { requests }) => {
      const found = await callOn(connection, 'nodeList', {})
      return { found, method: requests[0]?.method, url: requests[0]?.url }
    },
  )
}

const node = {
  ID: '24ifsmvkjbyhk',
  Version: { Index: 8 },
  Spec: { Labels: { rack: 'a1' }, Role: 'manager', Availability: 'active' },
  Description: { Hostname: 'bf3067039e47', Engine: { EngineVersion: '20.10.24' } },
  Status: { State: 'ready', Addr: '172.17.0.2' },
}

suite('nodeList', (test) => {
  test('GET :: the nodes with what names them', async () => {
    const { found, method, url } = await list([node])
    assert.equal(found, [
      {
        id: '24ifsmvkjbyhk',
        hostname: 'bf3067039e47',
        address: '172.17.0.2',
        role: 'manager',
        labels: { rack: 'a1' },
      },
    ])
    assert.equal([method, url], ['GET', '/nodes'])
  })

  test('a node that has not described itself :: has an ID only', async () => {
    const { found } = await list([{ ID: 'x', Spec: null, Description: null }])
    assert.equal(found, [{ id: 'x', hostname: '', address: '', role: '', labels: {} }])
  })

  for (const answer of [[], null]) {
    test(`${JSON.stringify(answer)} :: an empty list`, async () => {
      assert.equal((await list(answer)).found, [])
    })
  }

  for (const answer of [[1], [{ ID: '' }], {}, [{ ...node, Spec: { Labels: { a: 1 } } }]]) {
    test(`200 ${JSON.stringify(answer).slice(0, 20)} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => list(answer))
    })
  }
})
