import * as assert from 'uvu/assert'
import { pluginInspectWhole } from '../../../../adapters/engine/api/pluginInspectWhole.ts'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { failsAsEveryOperation } from '../commonFailures.ts'
import { never, withEngine } from '../engineFixture.ts'
import { namesNoPlugin } from '../hostileNames.ts'

const name = 'vieux/sshfs:latest'

suite('pluginInspectWhole', (test) => {
  test('GET :: every field, known or not, in its order', async () => {
    const answer = { Zeta: 1, Id: null, Config: { Future: [] }, Alpha: '\x1b' }
    await withEngine(
      (_, response) => answerJSON(response, 200, answer),
      async (connection, { requests }) => {
        const plugin = await pluginInspectWhole(connection, { name }, never)
        assert.is(JSON.stringify(plugin), JSON.stringify(answer))
        assert.equal(
          requests.map(({ method, url }) => `${method} ${url}`),
          ['GET /plugins/vieux/sshfs:latest/json'],
        )
      },
    )
  })
})

suite('pluginInspectWhole :: failure', (test) => {
  failsAsEveryOperation(test, {
    operation: 'pluginInspect',
    call: (connection, signal) => pluginInspectWhole(connection, { name }, signal),
  })
  namesNoPlugin(test, (connection, name) => pluginInspectWhole(connection, { name }, never))

  test('no such plugin', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 404, { message: `plugin "${name}" not found` }),
      async (connection) => {
        const error = await refusedWith('not-found', () =>
          pluginInspectWhole(connection, { name }, never),
        )
        assert.is(error.message, `the engine has no plugin ${name}`)
      },
    )
  })

  for (const answer of [null, [], 'text']) {
    test(`200 ${JSON.stringify(answer)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          await refusedWith('engine-protocol', () =>
            pluginInspectWhole(connection, { name }, never),
          )
        },
      )
    })
  }
})
