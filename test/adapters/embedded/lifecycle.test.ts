import * as assert from 'uvu/assert'
import { definePlugin } from '../../../src/embedded.ts'
import { until } from '../../engine/world/until.ts'
import { suite } from '../../support/suite.ts'
import { call } from './call.ts'
import { holding, message, post, pull, remove, whenAsked, withEngine } from './engines.ts'

const REMOTE = 'registry.test/a'
const ENABLE = `/plugins/${REMOTE}/enable?timeout=0`
const plain = definePlugin()
const late = definePlugin({ behaviour: { listensAfter: 2_000 } })

suite('embedded lifecycle', (test) => {
  test('an enable goes on when its client has gone', async () => {
    await withEngine({ registries: holding({ a: late }), pace: 1 }, async (engine) => {
      await pull(engine, REMOTE)
      const leaving = new AbortController()
      const gone = call(engine.host, { method: 'POST', path: ENABLE, signal: leaving.signal })
      await whenAsked(engine, 'enable')
      leaving.abort()
      assert.is((await gone).status, null)
      assert.is(engine.plugins()[0]?.Enabled, false)
      await until('it is enabled', () => engine.plugins()[0]?.Enabled === true)
    })
  })

  test('an enable of a plugin that is removed meanwhile fails', async () => {
    await withEngine({ registries: holding({ a: late }), pace: 1 }, async (engine) => {
      await pull(engine, REMOTE)
      const id = engine.plugins()[0]?.Id
      const enabling = post(engine, ENABLE)
      await whenAsked(engine, 'enable')
      assert.is((await remove(engine, `/plugins/${REMOTE}`)).status, 200)
      assert.is(
        message(await enabling),
        `failed to write atomically plugin json: open /var/lib/docker/plugins/${id}/.tmp-config.json: no such file or directory`,
      )
      assert.equal(engine.plugins(), [])
    })
  })

  test('a plugin that failed to start can be started again', async () => {
    const tooLate = definePlugin({ behaviour: { listensAfter: 9_551 } })
    await withEngine({ registries: holding({ a: tooLate }) }, async (engine) => {
      await pull(engine, REMOTE)
      for (let attempt = 0; attempt < 2; attempt++) {
        assert.match(message(await post(engine, ENABLE)), /^dial unix .*plugin\.sock: connect/)
      }
    })
  })

  test('a device that the host lacks is reported by its path', async () => {
    const device = { Linux: { Devices: [{ Name: 'd', Path: '/dev/none/0' }] } }
    const plugin = definePlugin({ config: device })
    const options = { registries: holding({ a: plugin }), missingPaths: ['/dev/none'] }
    await withEngine(options, async (engine) => {
      await pull(engine, REMOTE, plugin)
      assert.is(
        message(await post(engine, ENABLE)),
        'error gathering device information while adding custom device "/dev/none/0": no such file or directory',
      )
    })
  })

  test('only what lies at or below a missing path is missing', async () => {
    const Mounts = [{ Name: 'm', Source: '/data-two' }]
    const plugin = definePlugin({ config: { Mounts } })
    const options = { registries: holding({ a: plugin }), missingPaths: ['/data'] }
    await withEngine(options, async (engine) => {
      await pull(engine, REMOTE, plugin)
      assert.is((await post(engine, ENABLE)).status, 200)
    })
  })

  for (const [force, status] of [
    ['0', 409],
    ['no', 409],
    ['False', 409],
    ['yes', 200],
  ] as const) {
    test(`removes an enabled plugin with force=${force}: ${status}`, async () => {
      await withEngine({ registries: holding({ a: plain }) }, async (engine) => {
        await pull(engine, REMOTE)
        await post(engine, ENABLE)
        assert.is((await remove(engine, `/plugins/${REMOTE}?force=${force}`)).status, status)
        assert.is(engine.plugins().length, status === 200 ? 0 : 1)
      })
    })
  }

  test('set refuses what is no list of strings', async () => {
    await withEngine({ registries: holding({ a: plain }) }, async (engine) => {
      await pull(engine, REMOTE)
      const answer = await post(engine, `/plugins/${REMOTE}/set`, [1])
      assert.is(answer.status, 400)
      assert.is(message(answer), 'json: cannot unmarshal number into Go value of type string')
    })
  })
})
