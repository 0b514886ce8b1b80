import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

function info(answer: unknown) {
  return withEngine(
    (_, response) => answerJSON(response, 200, answer),
    async (connection, { requests }) => {
      const found = await callOn(connection, 'systemInfo', {})
      return { found, method: requests[0]?.method, url: requests[0]?.url }
    },
  )
}

suite('systemInfo', (test) => {
  test('GET :: the id', async () => {
    const { found, method, url } = await info({ ID: '7TRN:IPZB', Name: 'host', Containers: 14 })
    assert.equal(found, { id: '7TRN:IPZB' })
    assert.equal([method, url], ['GET', '/info'])
  })

  for (const answer of [null, [], {}, { ID: '' }, { ID: 7 }, { ID: 'x'.repeat(5_000) }]) {
    test(`200 ${JSON.stringify(answer).slice(0, 20)} :: is refused`, async () => {
      await refusedWith('engine-protocol', () => info(answer))
    })
  }
})
