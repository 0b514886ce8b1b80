import * as assert from 'uvu/assert'
import { connect } from '../../../../src/flow/connect.ts'
import { planInstall } from '../../../../src/flow/install.ts'
import { willing } from '../../../adapters/engine/engineFixture.ts'
import { PLANTED } from '../../../support/engineFailure.ts'
import { suite } from '../../../support/suite.ts'
import { lacking, onServer, refusalOf, signal, taken } from './ground.ts'

suite('no request to another host', (test) => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const to of ['another host', 'another host, by its name alone', 'another path']) {
      test(`a redirection ${status} to ${to} :: is not followed`, () =>
        onServer(willing, (other) =>
          onServer(
            (_, response) => {
              const place = {
                'another host': `${other.host.replace('tcp', 'http')}/_ping`,
                'another host, by its name alone': `//${other.host.slice('tcp://'.length)}/_ping`,
              }[to]
              response.writeHead(status, { Location: place ?? '/v1.41/plugins/other' }).end()
            },
            async (server) => {
              const env = { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: {} }) }
              const engine = connect({ host: server.host, env, headers: { 'X-Mine': PLANTED } })
              for (const call of [
                () => planInstall(engine, { reference: 'acme/volume' }),
                () => engine.call('pluginSet', { name: 'a', settings: ['A=1'] }, { signal }),
                () => engine.call('pluginDelete', { name: 'a', force: true }, { signal }),
              ]) {
                assert.is(await refusalOf(call), 'engine-protocol')
              }
              engine.close()
              assert.is(other.connections(), 0)
              assert.ok(server.requests.length > 0)
              assert.not.ok(server.requests.some(({ url }) => url.includes('other')))
            },
          ),
        ))
    }
  }

  const VARIABLES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']
  test('a proxy of the environment sees nothing of an engine on TCP or on a socket', () =>
    onServer(willing, async (proxy) => {
      const kept = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]))
      const env = Object.fromEntries(
        VARIABLES.map((name) => [name, proxy.host.replace('tcp', 'http')]),
      )
      Object.assign(process.env, env)
      try {
        for (const tcp of [true, false]) {
          await onServer(
            lacking,
            async (server) => {
              // The second is this host too, and no proxy makes an exception of it by itself.
              for (const host of [server.host, server.host.replace('127.0.0.1', '0.0.0.0')]) {
                const engine = connect({ host, env })
                await engine.call('systemPing', {}, { signal })
                assert.is(await refusalOf(() => planInstall(engine, { reference: 'a' })), '')
                engine.close()
                assert.ok(taken(server).length > 3)
              }
            },
            tcp,
          )
        }
      } finally {
        for (const [name, value] of Object.entries(kept)) {
          if (value === undefined) delete process.env[name]
          else process.env[name] = value
        }
      }
      assert.is(proxy.connections(), 0)
    }))
})
