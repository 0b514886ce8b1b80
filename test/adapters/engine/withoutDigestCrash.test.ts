import * as assert from 'uvu/assert'
import { crashesOnDigest } from '../../../adapters/engine/withoutDigestCrash.ts'
import type { Engine } from '../../../machines/engine.ts'
import { refusedWith } from '../../support/engineFailure.ts'
import { answerJSON, answerPing, type Handler } from '../../support/engineServer.ts'
import { suite } from '../../support/suite.ts'
import { digest, never, willing, withHttpEngine } from './engineFixture.ts'

suite('withoutDigestCrash :: a reference with a digest', (test) => {
  const remote = `acme/probe@${digest}`
  const options = { signal: never }
  const pull = { remote, name: 'probe:1.0', privileges: [] }
  const each = (engine: Engine) =>
    ({
      getPluginPrivileges: () => engine.call('getPluginPrivileges', { remote }, options),
      pluginPull: () => engine.call('pluginPull', pull, options),
      pluginUpgrade: () => engine.call('pluginUpgrade', pull, options),
    }) as const
  /** An engine of this version, told in its `Server` header, in `GET /version`, or nowhere. */
  const engineOf = (header: string, version?: string): Handler => {
    return (request, response, message) => {
      if (request.url === '/_ping') return answerPing(response, '1.41', header)
      if (request.url === '/version') return answerJSON(response, 200, { Version: version })
      return willing(request, response, message)
    }
  }

  test('an engine that it would kill :: is not asked', async () => {
    await withHttpEngine(engineOf('20.10.24+dfsg1'), async (engine, { host, requests }) => {
      for (const [operation, call] of Object.entries(each(engine))) {
        const error = await refusedWith('engine-unsupported', call)
        assert.equal(error.details, { operation })
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
    await withHttpEngine(engineOf('', '24.0.8'), async (engine, { requests }) => {
      for (const call of Object.values(each(engine))) {
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
      await withHttpEngine(engineOf(header, version), async (engine) => {
        const { getPluginPrivileges, pluginPull, pluginUpgrade } = each(engine)
        assert.equal(await getPluginPrivileges(), { privileges: [], hidden: false })
        assert.equal(await pluginPull(), {})
        assert.equal(await pluginUpgrade(), {})
      })
    })
  }

  test('distributionInspect :: kills nothing', async () => {
    await withHttpEngine(engineOf('20.10.24'), async (engine) => {
      assert.equal(await engine.call('distributionInspect', { remote }, options), { digest })
    })
  })

  test('a reference without one :: needs no version', async () => {
    await withHttpEngine(engineOf(''), async (engine, { requests }) => {
      await engine.call('getPluginPrivileges', { remote: 'acme/probe:1.0' }, options)
      assert.not.ok(requests.some(({ url }) => url === '/version'))
    })
  })

  test('cancelled while the version is asked for', async () => {
    const controller = new AbortController()
    await withHttpEngine(
      (request, response) =>
        request.url === '/_ping' ? answerPing(response, '1.41', '') : controller.abort(),
      async (engine, server) => {
        await refusedWith('cancelled', () =>
          engine.call('getPluginPrivileges', { remote }, controller),
        )
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
