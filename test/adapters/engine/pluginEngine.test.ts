import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { connectEngine } from '../../../adapters/engine/connectEngine.ts'
import { crashesOnDigest } from '../../../adapters/engine/digestCrash.ts'
import { pluginEngine } from '../../../adapters/engine/pluginEngine.ts'
import type { PluginEngine } from '../../../machines/ports.ts'
import { assertTellsNothing, PLANTED_HEADER, refusedWith } from '../../support/engineFailure.ts'
import { answerJSON, answerPing, type Handler } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'
import { never, withEngine } from './engineFixture.ts'

const digest = `sha256:${'c5'.repeat(32)}`
const plugin = { Id: 'e3d9', Name: 'probe:1.0', Enabled: false, Config: {} }

/** An engine on which every call succeeds. */
const willing: Handler = (request, response) => {
  if (request.url === '/_ping') return answerPing(response)
  if (request.url.includes('/distribution/')) {
    return answerJSON(response, 200, { Descriptor: { digest } })
  }
  if (request.url.includes('/plugins/pull')) return response.end('{"status":"done"}\r\n')
  if (request.url.includes('/privileges')) return answerJSON(response, 200, null)
  if (request.method === 'GET') return answerJSON(response, 200, plugin)
  return response.writeHead(204).end()
}

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
      assert.is((await engine.pluginInspect('probe:1.0', never))?.Id, 'e3d9')
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
    const connection = connectEngine({ host: 'unix:///nonexistent/engine.sock' })
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

suite('pluginEngine :: a reference with a digest', (test) => {
  const remote = `acme/probe@${digest}`
  const both = (engine: PluginEngine) => [
    () => engine.getPluginPrivileges(remote, never),
    () => engine.pluginPull({ remote, name: 'probe:1.0', privileges: [] }, never),
  ]
  /** An engine of this version, told in its `Server` header, in `GET /version`, or nowhere. */
  const engineOf = (header: string, version?: string): Handler => {
    return (request, response, message) => {
      if (request.url === '/_ping') return answerPing(response, '1.41', header)
      if (request.url === '/version') return answerJSON(response, 200, { Version: version })
      return willing(request, response, message)
    }
  }

  test('an engine that it would kill :: is not asked', async () => {
    await withEngine(engineOf('20.10.24+dfsg1'), async (connection, { host, requests }) => {
      for (const call of both(pluginEngine(connection, () => PLANTED_HEADER))) {
        const error = await refusedWith('engine-unsupported', call)
        assert.is(
          error.message,
          `the engine at ${host} (20.10.24+dfsg1) would crash on a reference with a digest: ${remote}`,
        )
      }
      assert.equal(
        requests.map(({ url }) => url),
        ['/_ping'],
      )
    })
  })

  test('one that hides its version :: is asked for it, once', async () => {
    await withEngine(engineOf('', '24.0.8'), async (connection, { requests }) => {
      for (const call of both(pluginEngine(connection, () => undefined))) {
        await refusedWith('engine-unsupported', call)
      }
      assert.equal(
        requests.map(({ url }) => url),
        ['/_ping', '/version'],
      )
    })
  })

  for (const [header, version] of [
    ['28.5.1', undefined],
    ['', '25.0.3'],
    ['', undefined],
    ['dev', undefined],
  ] as const) {
    test(`an engine of version ${header || version} :: is asked`, async () => {
      await withEngine(engineOf(header, version), async (connection) => {
        const [getPluginPrivileges, pluginPull] = both(pluginEngine(connection, () => undefined))
        assert.is(await getPluginPrivileges?.(), null)
        assert.equal(await pluginPull?.(), {})
      })
    })
  }

  test('distributionInspect :: kills nothing', async () => {
    await withEngine(engineOf('20.10.24'), async (connection) => {
      const engine = pluginEngine(connection, () => undefined)
      assert.equal(await engine.distributionInspect(remote, never), { digest })
    })
  })

  test('a reference without one :: needs no version', async () => {
    await withEngine(engineOf(''), async (connection, { requests }) => {
      await calls.getPluginPrivileges(pluginEngine(connection, () => undefined))
      assert.not.ok(requests.some(({ url }) => url === '/version'))
    })
  })

  test('cancelled while the version is asked for', async () => {
    const controller = new AbortController()
    await withEngine(
      (request, response) =>
        request.url === '/_ping' ? answerPing(response, '1.41', '') : controller.abort(),
      async (connection, server) => {
        const engine = pluginEngine(connection, () => undefined)
        await refusedWith('cancelled', () => engine.getPluginPrivileges(remote, controller.signal))
        assert.is(server.requests.at(-1)?.url, '/version')
        await server.connectionClosed()
      },
    )
  })
})

suite('crashesOnDigest', (test) => {
  const VERSIONS: [version: string, crashes: boolean][] = [
    ['19.03.15', false],
    ['20.10.0', true],
    ['20.10.24+dfsg1', true],
    ['23.0.9', true],
    ['23.0.10', false],
    ['24.0.0', true],
    ['24.0.8', true],
    ['24.0.9', false],
    ['v24.0.1', true],
    ['25.0.0-beta.1', true],
    ['25.0.2', true],
    ['25.0.3', false],
    ['25.0.20', false],
    ['28.5.1', false],
    ['29.0.0', false],
    ['dev', false],
    ['', false],
    ['25.0', false],
    ['20.10.99999', false],
    ['library-import', false],
  ]
  for (const [version, crashes] of VERSIONS) {
    test(`${version} :: ${crashes}`, () => assert.is(crashesOnDigest(version), crashes))
  }
})
