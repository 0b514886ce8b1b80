import { createConnection } from 'node:net'
import * as assert from 'uvu/assert'
import { definePlugin } from '../../../src/embedded.ts'
import { suite } from '../../support/suite.ts'
import { call } from './call.ts'
import {
  holding,
  lines,
  message,
  post,
  pull,
  slowly,
  statuses,
  streamError,
  whenAsked,
  withEngine,
} from './engines.ts'

const REMOTE = 'registry.test/a'
const big = definePlugin({ layers: [30_000_000, 400_000] })
const shortIds = big.layers.map(({ digest }) => digest.slice(7, 19))

suite('embedded pulls', (test) => {
  test('reports every layer', async () => {
    await withEngine({ registries: holding({ a: big }) }, async (engine) => {
      const answer = await pull(engine, REMOTE)
      const [first = '', second = ''] = shortIds
      assert.equal(statuses(answer, first), [
        'Waiting',
        'Pulling fs layer',
        'Downloading',
        'Extracting',
        'Complete',
        'Download complete',
      ])
      assert.equal(statuses(answer, second), [
        'Waiting',
        'Extracting',
        'Complete',
        'Download complete',
      ])
      const extracted = lines(answer).filter(
        ({ id, status }) => id === first && status === 'Extracting',
      )
      assert.equal(
        extracted.map(({ progressDetail }) => progressDetail?.current),
        [327_680, 10_000_000, 20_000_000, 30_000_000, 30_000_000],
      )
    })
  })

  test('an abort in the middle leaves nothing, and the next pull begins anew', async () => {
    await withEngine({ registries: slowly(holding({ a: big })) }, async (engine) => {
      const aborted = await call(engine.host, {
        method: 'POST',
        path: `/plugins/pull?remote=${REMOTE}`,
        body: 'null',
        onData: (body) => body.includes('"Downloading"'),
      })
      assert.is(aborted.error, 'aborted')
      assert.equal(engine.plugins(), [])
      const again = await pull(engine, REMOTE)
      assert.is(streamError(again), undefined)
      assert.equal(statuses(again, shortIds[0] as string)[0], 'Waiting')
      assert.is(engine.plugins().length, 1)
    })
  })

  test('a client that leaves while it sends leaves nothing', async () => {
    await withEngine({ registries: holding({ a: big }) }, async (engine) => {
      const socket = createConnection(new URL(engine.host).pathname)
      const head = `POST /plugins/pull?remote=${REMOTE} HTTP/1.1\r\nHost: docker\r\n`
      socket.write(`${head}Content-Length: 100\r\n\r\n[`)
      await whenAsked(engine, 'pull')
      socket.destroy()
      assert.is((await pull(engine, REMOTE)).status, 200)
    })
  })

  test('damage to a layer is to the last one', async () => {
    const broken = definePlugin({ layers: [1_000, 2_000], damage: 'layer-missing' })
    await withEngine({ registries: holding({ a: broken }) }, async (engine) => {
      const answer = await pull(engine, REMOTE)
      assert.match(String(streamError(answer)), broken.layers[1]?.digest as string)
    })
  })

  test('one layer that fails ends the others', async () => {
    const damage = { layerBytes: 100 }
    const layers = [1e12, 1_000]
    const broken = definePlugin({ layers, damage })
    await withEngine({ registries: holding({ a: broken }) }, async (engine) => {
      const answer = await pull(engine, REMOTE)
      assert.is(streamError(answer), 'failed to read expected number of bytes: unexpected EOF')
      assert.ok(lines(answer).length < 20)
    })
  })

  test('an alias that names docker.io is reported as it is and stored without', async () => {
    await withEngine({ registries: holding({ a: big }) }, async (engine) => {
      const path = `/plugins/pull?remote=${REMOTE}&name=docker.io/library/x:1`
      const { headers } = await post(engine, path, null)
      assert.is(headers['docker-plugin-name'], 'docker.io/library/x:1')
      assert.is(engine.plugins()[0]?.Name, 'x:1')
    })
  })

  test('invalid privileges are refused', async () => {
    await withEngine({ registries: holding({ a: big }) }, async (engine) => {
      const path = `/plugins/pull?remote=${REMOTE}`
      const prefix = 'failed to parse privileges: json: cannot unmarshal'
      assert.is(
        message(await post(engine, path, ['a'])),
        `${prefix} string into Go value of type types.PluginPrivilege`,
      )
      assert.is(
        message(await post(engine, path, [{ Name: 1 }])),
        `${prefix} number into Go value of type string`,
      )
    })
  })

  test('an id that cannot be made is reported', async () => {
    const newId = () => {
      throw new Error('out of ids')
    }
    await withEngine({ registries: holding({ a: big }), newId }, async (engine) => {
      assert.is(streamError(await pull(engine, REMOTE)), 'out of ids')
    })
  })

  test('the consent hole :: one privilege may be another one', async () => {
    const wide = definePlugin({
      config: { Mounts: [{ Name: 'all', Source: '/' }] },
      shownPrivileges: [{ Name: 'mount', Description: '', Value: ['/tmp'] }],
    })
    await withEngine({ registries: holding({ a: wide }) }, async (engine) => {
      const { body } = await call(engine.host, {
        method: 'GET',
        path: `/plugins/privileges?remote=${REMOTE}`,
      })
      assert.equal(JSON.parse(body), wide.shownPrivileges)
      await post(engine, `/plugins/pull?remote=${REMOTE}`, wide.shownPrivileges)
      assert.is(engine.plugins()[0]?.Config.Mounts?.[0]?.Source, '/')
    })
  })
})
