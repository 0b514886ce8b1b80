import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { pluginEngine } from '../../../adapters/engine/pluginEngine.ts'
import type { PluginEngine } from '../../../machines/engine.ts'
import { assertTellsNothing, PLANTED_HEADER, refusedWith } from '../../support/engineFailure.ts'
import { answerPing } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'
import { connectTo } from './connectTo.ts'
import { digest, never, willing, withEngine } from './engineFixture.ts'

const calls: Record<
  Exclude<keyof PluginEngine, 'systemPing'>,
  (engine: PluginEngine) => unknown
> = {
  getPluginPrivileges: (engine) => engine.getPluginPrivileges('acme/probe:1.0', never),
  distributionInspect: (engine) => engine.distributionInspect('acme/probe:1.0', never),
  pluginInspect: (engine) => engine.pluginInspect('probe:1.0', never),
  pluginPull: (engine) =>
    engine.pluginPull({ remote: 'acme/probe:1.0', name: 'probe:1.0', privileges: [] }, never),
  pluginSet: (engine) => engine.pluginSet('probe:1.0', ['A=1'], never),
  pluginEnable: (engine) => engine.pluginEnable('probe:1.0', 5, never),
  pluginDelete: (engine) => engine.pluginDelete('e3d9', { force: true }, never),
}

suite('pluginEngine', (test) => {
  test('asks for the version with the first call, once, and calls by it', async () => {
    await withEngine(willing, async (connection, { requests }) => {
      const engine = pluginEngine(connection, () => undefined)
      assert.equal(requests, [])
      for (const call of Object.values(calls)) await call(engine)
      assert.equal(await engine.systemPing(never), { apiVersion: '1.41', version: '20.10.24' })
      assert.equal(
        requests.map(({ method, url }) => `${method} ${url}`),
        [
          'GET /_ping',
          'GET /v1.41/plugins/privileges?remote=acme%2Fprobe%3A1.0',
          'GET /v1.41/distribution/acme/probe:1.0/json',
          'GET /v1.41/plugins/probe:1.0/json',
          'POST /v1.41/plugins/pull?remote=acme%2Fprobe%3A1.0&name=probe%3A1.0',
          'POST /v1.41/plugins/probe:1.0/set',
          'POST /v1.41/plugins/probe:1.0/enable?timeout=5',
          'DELETE /v1.41/plugins/e3d9?force=1',
        ],
      )
    })
  })

  test('an engine that is newer :: is called by the newest version known here', async () => {
    await withEngine(
      (request, response, message) =>
        request.url === '/_ping'
          ? answerPing(response, '1.99', '99.0.0')
          : willing(request, response, message),
      async (connection, { requests }) => {
        await calls.pluginInspect(pluginEngine(connection, () => undefined))
        assert.is(requests[1]?.url, '/v1.51/plugins/probe:1.0/json')
      },
    )
  })

  test('what the calls give', async () => {
    await withEngine(willing, async (connection) => {
      const engine = pluginEngine(connection, () => undefined)
      assert.is(await calls.getPluginPrivileges(engine), null)
      assert.equal(await calls.distributionInspect(engine), { digest })
      assert.is((await engine.pluginInspect('probe:1.0', never))?.Id, 'e3d9'.repeat(16))
      assert.equal(await calls.pluginPull(engine), {})
      assert.is(await calls.pluginSet(engine), undefined)
      assert.is(await calls.pluginEnable(engine), undefined)
      assert.is(await calls.pluginDelete(engine), undefined)
    })
  })

  test('credentials :: go with the calls that reach a registry, and with no other', async () => {
    await withEngine(willing, async (connection, { requests }) => {
      const engine = pluginEngine(connection, () => PLANTED_HEADER)
      for (const call of Object.values(calls)) await call(engine)
      const sent = requests
        .filter(({ headers }) => headers['x-registry-auth'] === PLANTED_HEADER)
        .map(({ url }) => url.replace(/\?.*/, ''))
      assert.equal(sent, [
        '/v1.41/plugins/privileges',
        '/v1.41/distribution/acme/probe:1.0/json',
        '/v1.41/plugins/pull',
      ])
      assertTellsNothing(engine)
    })
  })

  test('credentials :: are asked for at every call', async () => {
    const headers = [undefined, 'first', 'second']
    await withEngine(willing, async (connection, { requests }) => {
      const engine = pluginEngine(connection, () => headers.shift())
      for (let call = 0; call < 3; call++) await calls.getPluginPrivileges(engine)
      assert.equal(
        requests.slice(1).map((request) => request.headers['x-registry-auth']),
        [undefined, 'first', 'second'],
      )
    })
  })

  test('no call leaves a listener on the signal of its caller', async () => {
    const { signal } = new AbortController()
    await withEngine(willing, async (connection) => {
      const engine = pluginEngine(connection, () => undefined)
      await engine.systemPing(signal)
      await engine.getPluginPrivileges('a', signal)
      await engine.pluginPull({ remote: 'a', name: 'a', privileges: [] }, signal)
      await engine.pluginSet('a', [], signal)
    })
    assert.equal(getEventListeners(signal, 'abort'), [])
  })

  test('an engine that is not there :: fails every call', async () => {
    const connection = connectTo({ host: 'unix:///nonexistent/engine.sock' })
    const engine = pluginEngine(connection, () => PLANTED_HEADER)
    for (const call of Object.values(calls)) {
      await refusedWith('engine-unreachable', async () => call(engine))
    }
  })
})

suite('pluginEngine :: systemPing', (test) => {
  test('a failure is not remembered', async () => {
    let pings = 0
    await withEngine(
      (_, response) => (++pings === 1 ? response.writeHead(500).end() : answerPing(response)),
      async (connection) => {
        const engine = pluginEngine(connection, () => undefined)
        await refusedWith('engine-failed', () => engine.systemPing(never))
        assert.is((await engine.systemPing(never)).apiVersion, '1.41')
        assert.is((await engine.systemPing(never)).apiVersion, '1.41')
        assert.is(pings, 2)
      },
    )
  })

  test('many at once :: share one request', async () => {
    await withEngine(willing, async (connection, { requests }) => {
      const engine = pluginEngine(connection, () => undefined)
      await Promise.all([
        engine.systemPing(never),
        engine.systemPing(never),
        calls.pluginSet(engine),
      ])
      assert.is(requests.filter(({ url }) => url === '/_ping').length, 1)
    })
  })

  test('one that is cancelled :: leaves the others', async () => {
    const controller = new AbortController()
    let answer = () => {}
    await withEngine(
      (_, response) => {
        answer = () => answerPing(response)
        controller.abort()
      },
      async (connection, { requests }) => {
        const engine = pluginEngine(connection, () => undefined)
        const other = engine.systemPing(never)
        await refusedWith('cancelled', () => engine.systemPing(controller.signal))
        answer()
        assert.is((await other).apiVersion, '1.41')
        assert.is(requests.length, 1)
      },
    )
  })

  test('all that are cancelled :: cancel the request, and the next begins anew', async () => {
    const controller = new AbortController()
    let pings = 0
    await withEngine(
      (_, response) => (++pings === 1 ? controller.abort() : answerPing(response)),
      async (connection, server) => {
        const engine = pluginEngine(connection, () => undefined)
        const both = [engine.systemPing(controller.signal), engine.systemPing(controller.signal)]
        for (const ping of both) await refusedWith('cancelled', () => ping)
        await server.connectionClosed()
        assert.is((await engine.systemPing(never)).apiVersion, '1.41')
        assert.is(pings, 2)
      },
    )
  })

  test('the end of a cancelled request :: leaves the one that followed it', async () => {
    const controller = new AbortController()
    let pings = 0
    let answer = () => {}
    const arrived = new Promise<void>((resolve) => {
      answer = resolve
    })
    await withEngine(
      (_, response) => {
        if (++pings === 1) return controller.abort()
        return arrived.then(() => answerPing(response))
      },
      async (connection, server) => {
        const engine = pluginEngine(connection, () => undefined)
        await refusedWith('cancelled', () => engine.systemPing(controller.signal))
        const next = engine.systemPing(never)
        await server.connectionClosed()
        const last = engine.systemPing(never)
        answer()
        await Promise.all([next, last])
        assert.is(pings, 2)
      },
    )
  })

  test('cancelled before :: asks nothing', async () => {
    await withEngine(willing, async (connection, { requests }) => {
      const engine = pluginEngine(connection, () => undefined)
      await refusedWith('cancelled', () => engine.pluginInspect('a', AbortSignal.abort()))
      await engine.systemPing(never)
      await refusedWith('cancelled', () => engine.pluginInspect('a', AbortSignal.abort()))
      assert.is(requests.length, 1)
    })
  })
})
