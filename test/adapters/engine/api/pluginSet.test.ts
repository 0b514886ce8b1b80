import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

suite('pluginSet :: request', (test) => {
  test('POST with the settings as JSON', async () => {
    await withEngine(
      (_, response) => response.writeHead(204).end(),
      async (connection, { requests }) => {
        const name = '127.0.0.1:5055/acme/probe:1.0'
        const settings = ['DEBUG=1', 'args=--a "ü"\n']
        assert.is(await callOn(connection, 'pluginSet', { name, settings }), undefined)
        assert.is(requests.length, 1)
        const [request] = requests
        assert.is(request?.method, 'POST')
        assert.is(request?.url, '/plugins/127.0.0.1:5055/acme/probe:1.0/set')
        assert.is(request?.body, JSON.stringify(settings))
        assert.is(request?.headers['content-type'], 'application/json')
        assert.is(
          request?.headers['content-length'],
          String(Buffer.byteLength(request?.body ?? '')),
        )
        assert.is(request?.headers['x-registry-auth'], undefined)
      },
    )
  })

  test('no setting :: an empty list', async () => {
    await withEngine(
      (_, response) => response.writeHead(204).end(),
      async (connection, { requests }) => {
        await callOn(connection, 'pluginSet', { name: 'probe', settings: [] })
        assert.is(requests[0]?.body, '[]')
      },
    )
  })
})

suite('pluginSet :: failure', (test) => {
  test("the engine's words are kept, and the plugin is named", async () => {
    const message = 'setting "BAD" not found in the plugin configuration'
    await withEngine(
      (_, response) => answerJSON(response, 500, { message }),
      async (connection) => {
        const error = await refusedWith('unknown-setting', () =>
          callOn(connection, 'pluginSet', { name: 'acme/probe:1.0', settings: ['BAD=1'] }),
        )
        assert.equal(error.details, { operation: 'pluginSet', status: 500, engineMessage: message })
        assert.is(error.message, `acme/probe:1.0 has no such setting: ${message}`)
      },
    )
  })

  test('unknown words', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 500, { message: 'the moon is\nfull' }),
      async (connection) => {
        const error = await refusedWith('set-failed', () =>
          callOn(connection, 'pluginSet', { name: 'probe', settings: [] }),
        )
        assert.is(error.message, 'the engine did not take the settings of probe: the moon is full')
        assert.is(error.details.engineMessage, 'the moon is\nfull')
      },
    )
  })
})
