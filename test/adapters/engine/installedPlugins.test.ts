import * as assert from 'uvu/assert'
import {
  type InstalledPlugins,
  installedPlugins,
} from '../../../adapters/engine/installedPlugins.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { afterPing, answerJSON, type Handler } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'
import { never, willing, withEngine } from './engineFixture.ts'

const calls: Record<keyof InstalledPlugins, (plugins: InstalledPlugins) => Promise<unknown>> = {
  pluginList: (plugins) => plugins.pluginList({ enabled: ['true'] }, never),
  pluginInspect: (plugins) => plugins.pluginInspect('probe:1.0', never),
  pluginSet: (plugins) => plugins.pluginSet('probe:1.0', ['A=1'], never),
  pluginEnable: (plugins) => plugins.pluginEnable('probe:1.0', 5, never),
  pluginDisable: (plugins) => plugins.pluginDisable('probe:1.0', { force: true }, never),
  pluginDelete: (plugins) => plugins.pluginDelete('probe:1.0', { force: true }, never),
}

const listing: Handler = (request, response, message) =>
  /\/plugins\?/.test(request.url)
    ? answerJSON(response, 200, [])
    : willing(request, response, message)

suite('installedPlugins', (test) => {
  test('the version is asked for once, and called by', async () => {
    await withEngine(listing, async (connection, { requests }) => {
      const plugins = installedPlugins(connection)
      assert.equal(requests, [])
      for (const call of Object.values(calls)) await call(plugins)
      assert.equal(
        requests.map(({ method, url }) => `${method} ${decodeURIComponent(url)}`),
        [
          'GET /_ping',
          'GET /v1.41/plugins?filters={"enabled":{"true":true}}',
          'GET /v1.41/plugins/probe:1.0/json',
          'POST /v1.41/plugins/probe:1.0/set',
          'POST /v1.41/plugins/probe:1.0/enable?timeout=5',
          'POST /v1.41/plugins/probe:1.0/disable?force=1',
          'DELETE /v1.41/plugins/probe:1.0?force=1',
        ],
      )
    })
  })

  for (const [operation, call] of Object.entries(calls)) {
    test(`${operation} :: fails where the engine does not take it`, async () => {
      await withEngine(
        afterPing((_, response) => answerJSON(response, 409, { message: 'the moon is full' })),
        async (connection) => {
          const code = { pluginSet: 'set-failed', pluginEnable: 'enable-failed' } as const
          const error = await refusedWith(
            code[operation as keyof typeof code] ?? 'engine-failed',
            () => call(installedPlugins(connection)),
          )
          assert.is(error.details.operation, operation)
          assert.match(error.message, /: the moon is full$/)
        },
      )
    })
  }
})
