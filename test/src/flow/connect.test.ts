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

const never = new AbortController().signal

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
            () => engine.operations(() => undefined).systemPing(never),
            () => engine.plugins.pluginList({}, never),
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
        const operations = engine.operations(() => undefined)
        await refusedWith('engine-unreachable', () => operations.systemPing(never))
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
        const { apiVersion } = await engine.operations(() => undefined).systemPing(never)
        assert.is(apiVersion, '1.41')
      },
    ))

  test('the operations of a flow agree on the version of the API once', () =>
    onServer(
      ({ url }, response) => (url === '/_ping' ? answerPing(response) : response.end('[]')),
      async (engine, { requests }) => {
        const operations = engine.operations(() => undefined)
        await operations.getPluginPrivileges('acme/probe', never)
        await operations.getPluginPrivileges('acme/probe', never)
        await engine.operations(() => undefined).getPluginPrivileges('acme/probe', never)
        assert.is(requests.filter(({ url }) => url === '/_ping').length, 2)
        assert.is(requests.length, 5)
      },
    ))
})
