import * as assert from 'uvu/assert'
import type { PluginPrivilege } from '../../../machines/plugin.ts'
import { sampleRegistries } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { get, message, post, streamError, withEngine } from './engines.ts'

/** The outcomes that the samples demonstrate: how the pull and the enable of each end. */
const outcomes: [reference: string, pull: string | undefined, enable: number | undefined][] = [
  ['vieux/sshfs', undefined, 200],
  ['acme/plain', undefined, 200],
  ['acme/late', undefined, 200],
  ['acme/dies', undefined, 500],
  ['acme/never-listens', undefined, 500],
  ['acme/bad-mount', undefined, 500],
  ['acme/liar', undefined, 200],
  ['acme/notes:1.0', undefined, 200],
  ['acme/notes:2.0', undefined, 200],
  ['acme/notes:3.0', undefined, 500],
  ['acme/corrupt', 'failed commit on ref', undefined],
  ['hello-world', 'fetched plugin image but plugin config is missing', undefined],
  ['registry.example.com/acme/private:1.0', undefined, 200],
]

const demo = { username: 'demo', password: 'demo' }

suite('embedded sampleRegistries', (test) => {
  for (const [reference, failure, enabled] of outcomes) {
    test(`${reference} :: ${failure ?? `can be pulled, enable answers ${enabled}`}`, async () => {
      await withEngine({}, async (engine) => {
        const asked = await get(engine, `/plugins/privileges?remote=${reference}`, demo)
        const privileges = asked.status === 200 ? JSON.parse(asked.body) : []
        const pulled = await post(engine, `/plugins/pull?remote=${reference}`, privileges, demo)
        assert.is(streamError(pulled)?.slice(0, failure?.length), failure)
        if (failure) return
        const { status } = await post(engine, `/plugins/${reference}/enable?timeout=0`)
        assert.is(status, enabled)
      })
    })
  }

  test('every sample has its outcome here', () => {
    const samples = Object.values(sampleRegistries).flatMap(({ repositories }) =>
      Object.values(repositories).flatMap((tags) => Object.keys(tags)),
    )
    assert.is(samples.length, outcomes.length)
  })

  test('vieux/sshfs :: asks for what it asks for on Docker Hub, and can be set', async () => {
    await withEngine({}, async (engine) => {
      const { body } = await get(engine, '/plugins/privileges?remote=vieux/sshfs')
      const privileges = JSON.parse(body) as PluginPrivilege[]
      assert.equal(
        privileges.map(({ Name, Value }) => [Name, ...Value]),
        [
          ['network', 'host'],
          ['mount', '/var/lib/docker/plugins/'],
          ['mount', ''],
          ['device', '/dev/fuse'],
          ['capabilities', 'CAP_SYS_ADMIN'],
        ],
      )
      await post(engine, '/plugins/pull?remote=vieux/sshfs', privileges)
      const set = await post(engine, '/plugins/vieux/sshfs/set', ['DEBUG=1', 'sshkey.source=/k'])
      assert.is(set.status, 204)
      assert.equal(engine.plugins()[0]?.Settings.Env, ['DEBUG=1'])
    })
  })

  test('vieux/sshfs :: a pull at pace 1 takes two to three seconds', () => {
    const { bytesPerSecond = 0, repositories } = sampleRegistries['docker.io'] ?? {}
    const layers = repositories?.['vieux/sshfs']?.latest?.layers ?? []
    const slowest = Math.max(...layers.map(({ size }) => size))
    const seconds = slowest / (bytesPerSecond / layers.length)
    assert.ok(seconds >= 2 && seconds <= 3, `${seconds}`)
  })

  test('acme/notes :: an upgrade is asked for more, and loses what was set and what is new', async () => {
    await withEngine({}, async (engine) => {
      const asksFor = async (tag: string) =>
        JSON.parse((await get(engine, `/plugins/privileges?remote=acme/notes:${tag}`)).body)
      const [first, second] = [await asksFor('1.0'), await asksFor('2.0')]
      const name = '/plugins/acme/notes:1.0'
      await post(engine, '/plugins/pull?remote=acme/notes:1.0', first)
      await post(engine, `${name}/set`, ['DEBUG=1', 'state.source=/data'])
      const to = `${name}/upgrade?remote=acme/notes:2.0`
      assert.is(streamError(await post(engine, to, first)), 'incorrect privileges')
      assert.is(streamError(await post(engine, to, second)), undefined)
      await post(engine, `${name}/enable?timeout=0`)
      const { Args, Env, Devices, Mounts } = engine.process('acme/notes:1.0') ?? {}
      assert.equal([Args, Env], [['--quiet'], ['DEBUG=1', 'FORMAT=text']])
      assert.equal(
        Devices?.map(({ Path }) => Path),
        ['/dev/fuse'],
      )
      assert.equal(
        Mounts?.map(({ Source }) => Source),
        ['/var/lib/notes', '/etc/notes'],
      )
    })
  })

  test('acme/liar :: shows less than it gets', async () => {
    await withEngine({}, async (engine) => {
      const { body } = await get(engine, '/plugins/privileges?remote=acme/liar')
      assert.equal(JSON.parse(body)[0].Value, ['/var/lib/acme'])
      const pulled = await post(engine, '/plugins/pull?remote=acme/liar', JSON.parse(body))
      assert.is(streamError(pulled), undefined)
      assert.is(engine.plugins()[0]?.Config.Mounts?.[0]?.Source, '/')
    })
  })

  test('the registry that needs credentials refuses others', async () => {
    await withEngine({}, async (engine) => {
      const path = '/plugins/pull?remote=registry.example.com/acme/private:1.0'
      const answer = await post(engine, path, null, { ...demo, password: 'wrong' })
      assert.match(message(answer), /401 Unauthorized$/)
    })
  })
})
