import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const name = 'e3d94be5b350876c3201f9ce6f58ded91a1dad4d5a1a07dd213721ed92b7e4cc'

suite('pluginDelete :: request', (test) => {
  for (const [force, url] of [
    [false, `/plugins/${name}`],
    [true, `/plugins/${name}?force=1`],
  ] as const) {
    test(`DELETE with force ${force}, and no body`, async () => {
      await withEngine(
        (_, response) => response.writeHead(200).end(),
        async (connection, { requests }) => {
          assert.is(await callOn(connection, 'pluginDelete', { name, force }), undefined)
          const [request] = requests
          assert.is(request?.method, 'DELETE')
          assert.is(request?.url, url)
          assert.is(request?.body, '')
          assert.is(request?.headers['content-type'], undefined)
          assert.is(request?.headers['transfer-encoding'], undefined)
          assert.is(request?.headers['x-registry-auth'], undefined)
        },
      )
    })
  }
})

suite('pluginDelete :: failure', (test) => {
  test('no such plugin', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 404, { message: `plugin "${name}" not found` }),
      async (connection) => {
        const error = await refusedWith('not-found', () =>
          callOn(connection, 'pluginDelete', { name, force: false }),
        )
        assert.is(error.message, `the engine has no plugin ${name}`)
        assert.is(error.details.status, 404)
      },
    )
  })
})
