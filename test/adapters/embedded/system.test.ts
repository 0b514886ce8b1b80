import * as assert from 'uvu/assert'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { call } from './call.ts'
import { get, holding, message, post, pull, withEngine } from './engines.ts'
import { recordedBody } from './recordings.ts'

const registries = holding({ a: definePlugin() })

suite('embedded system', (test) => {
  test('GET /version has the fields of an engine and says that it is a simulation', async () => {
    await withEngine({}, async (engine) => {
      const { body, headers } = await get(engine, '/version')
      const answer = JSON.parse(body)
      const engineOnly = JSON.parse(recordedBody('version.version'))
      assert.equal(Object.keys(answer).sort(), Object.keys(engineOnly).sort())
      const details = (version: typeof answer) => Object.keys(version.Components[0].Details).sort()
      assert.equal(details(answer), details(engineOnly))
      assert.is(answer.Platform.Name, 'simulated by docker-plugin-flow')
      assert.is(headers.server, 'Docker/20.10.24 (simulated by docker-plugin-flow)')
      assert.equal([answer.ApiVersion, answer.MinAPIVersion], ['1.41', '1.12'])
      assert.is(headers['docker-experimental'], 'false')
    })
  })

  test('GET /info reports the plugins, with fields that an engine has', async () => {
    await withEngine({ registries, experimental: true }, async (engine) => {
      await pull(engine, 'registry.test/a')
      await post(engine, '/plugins/registry.test/a/enable?timeout=0')
      const answer = JSON.parse((await get(engine, '/info')).body)
      const fields = Object.keys(JSON.parse(recordedBody('version.info')))
      assert.equal(
        Object.keys(answer).filter((field) => !fields.includes(field)),
        // Left out of the recording.
        ['ID', 'SystemTime'],
      )
      assert.equal(answer.Plugins.Volume, ['local', 'registry.test/a:latest'])
      assert.is(answer.ExperimentalBuild, true)
    })
  })

  test('GET /info :: each engine has an ID of its own', async () => {
    const id = (engine: Parameters<typeof get>[0]) =>
      get(engine, '/info').then(({ body }) => JSON.parse(body).ID)
    await withEngine({}, async (one) => {
      await withEngine({}, async (other) => {
        assert.is(await id(one), await id(one))
        assert.is.not(await id(one), await id(other))
      })
    })
  })

  test('GET /nodes :: is refused by an engine that is no manager of a swarm', async () => {
    await withEngine({}, async (engine) => {
      const answer = await get(engine, '/nodes')
      assert.is(answer.status, 503)
      assert.match(message(answer), /^This node is not a swarm manager\./)
    })
  })

  test('errors are plain text below version 1.24', async () => {
    await withEngine({}, async (engine) => {
      const old = await get(engine, '/v1.23/plugins/a/json')
      assert.is(old.body, 'plugin "a" not found\n')
      assert.is(old.headers['content-type'], 'text/plain; charset=utf-8')
      assert.is(message(await get(engine, '/v1.24/plugins/a/json')), 'plugin "a" not found')
    })
  })

  test('a version is compared by number', async () => {
    await withEngine({}, async (engine) => {
      assert.match((await get(engine, '/v1.9/plugins')).body, /is too old/)
      assert.match((await get(engine, '/v0.99/plugins')).body, /is too old/)
      assert.match((await get(engine, '/v2/plugins')).body, /is too new/)
      assert.is((await get(engine, '/v1.12/plugins')).status, 200)
    })
  })

  test('a path with a broken escape is not found', async () => {
    await withEngine({}, async ({ host }) => {
      const { status } = await call(host, { method: 'GET', path: '/plugins/%zz/json' })
      assert.is(status, 404)
    })
  })

  test('filters :: refuses what is no map of names', async () => {
    await withEngine({}, async (engine) => {
      for (const filters of ['[]', '{"enabled":"true"}']) {
        const answer = await get(engine, `/plugins?filters=${encodeURIComponent(filters)}`)
        assert.is(answer.status, 500, filters)
        assert.match(message(answer), /^json: cannot unmarshal/)
      }
    })
  })

  test('filters :: a plugin of no type has every capability', async () => {
    const typeless = definePlugin({ config: { Interface: { Socket: 's', Types: null } } })
    await withEngine({ registries: holding({ a: typeless }) }, async (engine) => {
      await pull(engine, 'registry.test/a')
      const answer = await get(engine, '/plugins?filters={"capability":["authz"]}')
      assert.is(JSON.parse(answer.body).length, 1)
    })
  })
})
