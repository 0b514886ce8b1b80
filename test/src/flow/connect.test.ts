import * as assert from 'uvu/assert'
import { connect } from '../../../src/flow/connect.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import {
  answerPing,
  type EngineServer,
  type Handler,
  serveEngine,
} from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'

const never = { signal: new AbortController().signal }

/** An engine that is connected to, and the server in its place. */
async function onServer(
  handler: Handler,
  act: (engine: ReturnType<typeof connect>, server: EngineServer) => Promise<void>,
): Promise<void> {
  const server = await serveEngine(handler)
  const engine = connect({ host: server.host, env: { DOCKER_CONFIG: '/nonexistent' } })
  try {
    await act(engine, server)
  } finally {
    engine.close()
    await server.close()
  }
}

suite('connect', (test) => {
  test('a call that has only begun when the connection is closed :: fails, and is not sent', () =>
    onServer(
      () => assert.unreachable('it was sent'),
      async (engine, server) => {
        for (let round = 0; round < 2; round++) {
          const calls = [
            () => engine.call('systemPing', {}, never),
            () => engine.call('pluginList', {}, never),
          ]
          const failures = calls.map((call) => refusedWith('engine-unreachable', call))
          engine.close()
          await Promise.all(failures)
        }
        assert.is(server.connections(), 0)
      },
    ))

  test('a call under way when the connection is closed :: fails', () =>
    onServer(
      () => engineOf?.close(),
      async (engine, server) => {
        engineOf = engine
        await refusedWith('engine-unreachable', () => engine.call('systemPing', {}, never))
        await server.connectionClosed()
        assert.is(server.connections(), 1)
      },
    ))
  let engineOf: ReturnType<typeof connect> | undefined

  test('can be used again after it was closed', () =>
    onServer(
      (_, response) => answerPing(response),
      async (engine) => {
        engine.close()
        const { apiVersion } = await engine.call('systemPing', {}, never)
        assert.is(apiVersion, '1.41')
      },
    ))

  test('calls agree on the version of the API once', () =>
    onServer(
      ({ url }, response) => (url === '/_ping' ? answerPing(response) : response.end('[]')),
      async (engine, { requests }) => {
        for (let call = 0; call < 3; call++) {
          await engine.call('getPluginPrivileges', { remote: 'acme/probe' }, never)
        }
        assert.is(requests.filter(({ url }) => url === '/_ping').length, 1)
        assert.is(requests.length, 4)
      },
    ))
})
