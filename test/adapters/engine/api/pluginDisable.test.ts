import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const name = '127.0.0.1:5055/acme/probe:1.0'

suite('pluginDisable :: request', (test) => {
  for (const [force, url] of [
    [false, `/plugins/${name}/disable`],
    [true, `/plugins/${name}/disable?force=1`],
  ] as const) {
    test(`POST with force ${force}, and no body`, async () => {
      await withEngine(
        (_, response) => response.writeHead(200).end(),
        async (connection, { requests }) => {
          assert.is(await callOn(connection, 'pluginDisable', { name, force }), undefined)
          const [request] = requests
          assert.equal([request?.method, request?.url, request?.body], ['POST', url, ''])
          assert.is(request?.headers['content-type'], undefined)
          assert.is(request?.headers['x-registry-auth'], undefined)
        },
      )
    })
  }
})

suite('pluginDisable :: failure', (test) => {
  test('no such plugin', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 404, { message: `plugin "${name}" not found` }),
      async (connection) => {
        const error = await refusedWith('not-found', () =>
          callOn(connection, 'pluginDisable', { name, force: false }),
        )
        assert.is(error.message, `the engine has no plugin ${name}`)
      },
    )
  })
})
