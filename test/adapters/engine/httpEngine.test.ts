import { getEventListeners } from 'node:events'
import * as assert from 'uvu/assert'
import { engineTarget } from '../../../adapters/engine/http/engineTarget.ts'
import { httpEngine } from '../../../adapters/engine/httpEngine.ts'
import type { InstallErrorCode } from '../../../machines/catalogue.ts'
import type { Engine, OperationId, OutputOf } from '../../../machines/engine.ts'
import { assertTellsNothing, PLANTED_HEADER, refusedWith } from '../../support/engineFailure.ts'
import { afterPing, answerJSON, answerPing, type Handler } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'
import { digest, inputs, never, operationIds, willing, withHttpEngine } from './engineFixture.ts'

const call = <Id extends OperationId>(engine: Engine, id: Id, signal = never) =>
  engine.call<Id>(id, inputs[id], { signal, registryAuth: PLANTED_HEADER })
const pinged = (engine: Engine, signal = never) => call(engine, 'systemPing', signal)
/** Calls that are made by a version of the API. */
const versioned = [
  'getPluginPrivileges',
  'distributionInspect',
  'pluginList',
  'pluginInspect',
  'pluginPull',
  'pluginUpgrade',
  'pluginSet',
  'pluginEnable',
  'pluginDisable',
  'pluginDelete',
] as const satisfies OperationId[]

suite('httpEngine', (test) => {
  test('asks for the version with the first call, once, and calls by it', async () => {
    await withHttpEngine(willing, async (engine, { requests }) => {
      assert.equal(requests, [])
      for (const id of versioned) await call(engine, id)
      assert.equal(await pinged(engine), { apiVersion: '1.41', version: '20.10.24' })
      assert.equal(
        requests.map(({ method, url }) => `${method} ${url}`),
        [
          'GET /_ping',
          'GET /v1.41/plugins/privileges?remote=acme%2Fprobe%3A1.0',
          'GET /v1.41/distribution/acme/probe:1.0/json',
          'GET /v1.41/plugins',
          'GET /v1.41/plugins/probe:1.0/json',
          'POST /v1.41/plugins/pull?remote=acme%2Fprobe%3A1.0&name=probe%3A1.0',
          'POST /v1.41/plugins/probe:1.0/upgrade?remote=acme%2Fprobe%3A1.0',
          'POST /v1.41/plugins/probe:1.0/set',
          'POST /v1.41/plugins/probe:1.0/enable?timeout=0',
          'POST /v1.41/plugins/probe:1.0/disable?force=1',
          'DELETE /v1.41/plugins/probe:1.0?force=1',
        ],
      )
    })
  })

  test('an engine that is newer :: is called by the newest version known here', async () => {
    await withHttpEngine(
      (request, response, message) =>
        request.url === '/_ping'
          ? answerPing(response, '1.99', '99.0.0')
          : willing(request, response, message),
      async (engine, { requests }) => {
        await call(engine, 'pluginInspect')
        assert.is(requests[1]?.url, '/v1.55/plugins/probe:1.0/json')
      },
    )
  })

  const refusesBut =
    (wanted: string, words: string): Handler =>
    (request, response, message) => {
      if (request.url === '/_ping') return answerPing(response, '1.60', '29.9.0')
      if (request.url.startsWith(`/v${wanted}/`)) return willing(request, response, message)
      answerJSON(response, 400, { message: words })
    }
  const tooOld = (wanted: string) =>
    `client version 1.55 is too old. Minimum supported API version is ${wanted}, please upgrade your client to a newer version`

  for (const [wanted, words] of [
    ['1.54', 'client version 1.55 is too new. Maximum supported API version is 1.54'],
    ['1.30', tooOld('1.30')],
  ] as const) {
    test(`an engine that wants ${wanted} :: is called by that from then on`, async () => {
      await withHttpEngine(refusesBut(wanted, words), async (engine, { requests }) => {
        await call(engine, 'pluginEnable')
        await call(engine, 'pluginInspect')
        assert.equal(
          requests.map(({ url }) => url.split('/')[1]),
          ['_ping', 'v1.55', `v${wanted}`, `v${wanted}`],
        )
      })
    })
  }

  for (const wanted of ['1.56', '1.24', '1.55', '2.0']) {
    test(`an engine that wants ${wanted} of us :: is too new for this package`, async () => {
      await withHttpEngine(
        refusesBut('9.9', tooOld(wanted)),
        async (engine, { requests, host }) => {
          const error = await refusedWith('engine-unsupported', () => call(engine, 'pluginInspect'))
          assert.match(
            error.message,
            `this docker-plugin-flow is too old for the engine at ${host}: `,
          )
          assert.is(error.details.next, 'Use a newer docker-plugin-flow.')
          assert.is(requests.length, 2)
        },
      )
    })
  }

  test('its own version :: is asked for by no version of the API, once', async () => {
    await withHttpEngine(
      (_, response) => answerJSON(response, 200, { Version: '28.5.1' }),
      async (engine, { requests }) => {
        assert.equal(await call(engine, 'systemVersion'), { version: '28.5.1' })
        assert.equal(await call(engine, 'systemVersion'), { version: '28.5.1' })
        assert.equal(
          requests.map(({ url }) => url),
          ['/version'],
        )
      },
    )
  })

  for (const words of [
    'dial unix /run/p.sock: connect: no such file or directory',
    'exec format error',
  ]) {
    for (const [version, next] of [
      [{ Arch: 'arm64' }, / The architecture of the engine is arm64\.$/],
      [{}, /\.$/],
      ['no object', /\.$/],
    ] as const) {
      test(`${words}, engine ${JSON.stringify(version)} :: its architecture is named if it is known`, async () => {
        await withHttpEngine(
          (request, response, message) => {
            if (request.url === '/version') return answerJSON(response, 200, version)
            if (!request.url.includes('/enable')) return willing(request, response, message)
            return answerJSON(response, 500, { message: words })
          },
          async (engine) => {
            const { details } = await call(engine, 'pluginEnable').then(
              () => assert.unreachable(),
              (error) => error,
            )
            assert.match(details.next, /architecture/)
            assert.match(details.next, next)
            assert.is(
              / is arm64/.test(details.next),
              typeof version === 'object' && 'Arch' in version,
            )
          },
        )
      })
    }
  }

  test('another failure of an enable :: the architecture is not asked for', async () => {
    await withHttpEngine(
      (request, response, message) =>
        request.url.includes('/enable')
          ? answerJSON(response, 500, { message: 'the moon is full' })
          : willing(request, response, message),
      async (engine, { requests }) => {
        await refusedWith('enable-failed', () => call(engine, 'pluginEnable'))
        assert.not(requests.some(({ url }) => url === '/version'))
      },
    )
  })

  test('results of the calls', async () => {
    await withHttpEngine(willing, async (engine) => {
      const given: { [Id in OperationId]?: unknown } = {}
      for (const id of versioned) given[id] = await call(engine, id)
      const plugin = given.pluginInspect as OutputOf<'pluginInspect'>
      assert.is(plugin?.Id, 'e3d9'.repeat(16))
      assert.equal(given, {
        getPluginPrivileges: { privileges: [], hidden: false },
        distributionInspect: { digest },
        pluginList: [],
        pluginInspect: plugin,
        pluginPull: {},
        pluginUpgrade: {},
        pluginSet: undefined,
        pluginEnable: undefined,
        pluginDisable: undefined,
        pluginDelete: undefined,
      })
    })
  })

  for (const id of operationIds.filter((each) => each !== 'systemPing')) {
    test(`${id} :: fails where the engine does not take it`, async () => {
      await withHttpEngine(
        afterPing((_, response) => answerJSON(response, 409, { message: 'the moon is full' })),
        async (engine) => {
          const codes: { [Id in OperationId]?: InstallErrorCode } = {
            pluginPull: 'pull-failed',
            pluginUpgrade: 'upgrade-failed',
            pluginSet: 'set-failed',
            pluginEnable: 'enable-failed',
          }
          const error = await refusedWith(codes[id] ?? 'engine-failed', () => call(engine, id))
          assert.is(error.details.operation, id)
          assert.match(error.message, /: the moon is full$/)
        },
      )
    })
  }

  test('credentials :: go with the calls that reach a registry, and with no other', async () => {
    await withHttpEngine(willing, async (engine, { requests }) => {
      for (const id of versioned) await call(engine, id)
      const sent = requests
        .filter(({ headers }) => headers['x-registry-auth'] !== undefined)
        .map(({ url, headers }) => [url.replace(/\?.*/, ''), headers['x-registry-auth']])
      assert.equal(sent, [
        ['/v1.41/plugins/privileges', PLANTED_HEADER],
        ['/v1.41/distribution/acme/probe:1.0/json', PLANTED_HEADER],
        ['/v1.41/plugins/pull', PLANTED_HEADER],
        ['/v1.41/plugins/probe:1.0/upgrade', PLANTED_HEADER],
      ])
      assertTellsNothing(engine)
    })
  })

  test('no call leaves a listener on the signal of its caller', async () => {
    const { signal } = new AbortController()
    await withHttpEngine(willing, async (engine) => {
      for (const id of operationIds) await call(engine, id, signal)
    })
    assert.equal(getEventListeners(signal, 'abort'), [])
  })

  test('an engine that is not there :: fails every call', async () => {
    const engine = httpEngine(engineTarget({ host: 'unix:///nonexistent/engine.sock' }))
    for (const id of operationIds) {
      await refusedWith('engine-unreachable', () => call(engine, id))
    }
  })

  test('close :: ends calls under way', async () => {
    await withHttpEngine(
      () => closed?.(),
      async (engine) => {
        closed = engine.close
        await refusedWith('engine-unreachable', () => call(engine, 'pluginInspect'))
      },
    )
  })
  let closed: (() => void) | undefined
})

suite('httpEngine :: systemPing', (test) => {
  test('a failure is not remembered', async () => {
    let pings = 0
    await withHttpEngine(
      (_, response) => (++pings === 1 ? response.writeHead(500).end() : answerPing(response)),
      async (engine) => {
        await refusedWith('engine-failed', () => pinged(engine))
        assert.is((await pinged(engine)).apiVersion, '1.41')
        assert.is((await pinged(engine)).apiVersion, '1.41')
        assert.is(pings, 2)
      },
    )
  })

  test('many at once :: share one request', async () => {
    await withHttpEngine(willing, async (engine, { requests }) => {
      await Promise.all([pinged(engine), pinged(engine), call(engine, 'pluginSet')])
      assert.is(requests.filter(({ url }) => url === '/_ping').length, 1)
    })
  })

  test('one that is cancelled :: leaves the others', async () => {
    const controller = new AbortController()
    let answer = () => {}
    await withHttpEngine(
      (_, response) => {
        answer = () => answerPing(response)
        controller.abort()
      },
      async (engine, { requests }) => {
        const other = pinged(engine)
        await refusedWith('cancelled', () => pinged(engine, controller.signal))
        answer()
        assert.is((await other).apiVersion, '1.41')
        assert.is(requests.length, 1)
      },
    )
  })

  test('all that are cancelled :: cancel the request, and the next begins anew', async () => {
    const controller = new AbortController()
    let pings = 0
    await withHttpEngine(
      (_, response) => (++pings === 1 ? controller.abort() : answerPing(response)),
      async (engine, server) => {
        const both = [pinged(engine, controller.signal), pinged(engine, controller.signal)]
        for (const ping of both) await refusedWith('cancelled', () => ping)
        await server.connectionClosed()
        assert.is((await pinged(engine)).apiVersion, '1.41')
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
    await withHttpEngine(
      (_, response) => {
        if (++pings === 1) return controller.abort()
        return arrived.then(() => answerPing(response))
      },
      async (engine, server) => {
        await refusedWith('cancelled', () => pinged(engine, controller.signal))
        const next = pinged(engine)
        await server.connectionClosed()
        const last = pinged(engine)
        answer()
        await Promise.all([next, last])
        assert.is(pings, 2)
      },
    )
  })

  test('cancelled before :: asks nothing', async () => {
    await withHttpEngine(willing, async (engine, { requests }) => {
      await refusedWith('cancelled', () => call(engine, 'pluginInspect', AbortSignal.abort()))
      await pinged(engine)
      await refusedWith('cancelled', () => call(engine, 'pluginInspect', AbortSignal.abort()))
      assert.is(requests.length, 1)
    })
  })
})
