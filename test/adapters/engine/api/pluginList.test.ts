import * as assert from 'uvu/assert'
import { refusedWith } from '../../../support/engineFailure.ts'
import { answerJSON } from '../../../support/engineServer.ts'
import { readRecording, recordedBody } from '../../../support/recordingServer.ts'
import { suite } from '../../../support/suite.ts'
import { callOn, withEngine } from '../engineFixture.ts'

const recorded = JSON.parse(recordedBody(readRecording('list.all')).toString('utf8'))

suite('pluginList :: request', (test) => {
  const urls: [filters: Record<string, string[]>, path: string][] = [
    [{}, '/plugins'],
    [
      { enabled: ['true'] },
      readRecording('list.enabled-map-form').request.path.replace('/v1.41', ''),
    ],
    [
      { enabled: ['true', 'false'], capability: ['a/b&c'] },
      `/plugins?filters=${encodeURIComponent('{"enabled":{"true":true,"false":true},"capability":{"a/b&c":true}}')}`,
    ],
  ]
  for (const [filters, path] of urls) {
    test(`GET with ${JSON.stringify(filters)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, recorded),
        async (connection, { requests }) => {
          assert.equal(await callOn(connection, 'pluginList', { filters }), recorded)
          const [request] = requests
          assert.equal([request?.method, request?.url], ['GET', path])
          assert.is(request?.body, '')
          assert.is(request?.headers['x-registry-auth'], undefined)
        },
      )
    })
  }
})

suite('pluginList :: answer', (test) => {
  for (const answer of [[], null]) {
    test(`${JSON.stringify(answer)} :: an empty list`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          assert.equal(await callOn(connection, 'pluginList', { filters: {} }), [])
        },
      )
    })
  }
})

suite('pluginList :: failure', (test) => {
  for (const answer of [{}, [1], [{ Id: 'e3d9' }]]) {
    test(`200 ${JSON.stringify(answer)}`, async () => {
      await withEngine(
        (_, response) => answerJSON(response, 200, answer),
        async (connection) => {
          await refusedWith('engine-protocol', () =>
            callOn(connection, 'pluginList', { filters: {} }),
          )
        },
      )
    })
  }

  test('thousands of plugins :: are listed', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 200, Array(3_000).fill(recorded[0])),
      async (connection) => {
        assert.is((await callOn(connection, 'pluginList', { filters: {} })).length, 3_000)
      },
    )
  })

  test('a filter that the engine does not know :: in its words', async () => {
    await withEngine(
      (_, response) => answerJSON(response, 400, { message: "Invalid filter 'name'" }),
      async (connection) => {
        const error = await refusedWith('engine-failed', () =>
          callOn(connection, 'pluginList', { filters: { name: ['x'] } }),
        )
        assert.match(error.message, /: Invalid filter 'name'$/)
      },
    )
  })
})
