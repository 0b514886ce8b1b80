import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { askEngine } from './world/askEngine.ts'
import { deferred } from './world/deferred.ts'
import { engineSuite } from './world/engineSuite.ts'
import { fixtures } from './world/fixtures.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import type { World } from './world/startWorld.ts'
import { startThrottle } from './world/throttle.ts'

const BYTES_PER_SECOND = 8 * 1024 * 1024

engineSuite('the world :: a throttled registry', (test, world) => {
  test('a pull through it takes as long as its link is narrow', async () => {
    const throttle = await startThrottle(world().registries.open, BYTES_PER_SECOND)
    try {
      const started = performance.now()
      const { text } = await pull(world(), world().reference('big', throttle))
      const seconds = (performance.now() - started) / 1000
      assert.not.match(text, 'errorDetail')
      // The first chunks come at once; all the others wait for their turn.
      const least = fixtures.big.ballast / BYTES_PER_SECOND - 0.5
      assert.ok(seconds > least, `${seconds} s, at least ${least} s`)
    } finally {
      await throttle.close()
    }
  })

  test('closing it cuts the pull', async () => {
    const throttle = await startThrottle(world().registries.open, BYTES_PER_SECOND / 8)
    const pulling = pull(world(), world().reference('big', throttle))
    await throttle.close()
    const { text } = await pulling
    assert.match(text, /error|refused|EOF|reset/)
    assert.equal(await world().plugins(), [])
  })
})

engineSuite('the world :: a proxy that lies', (test, world) => {
  const socketPath = () => join(world().folder, 'proxy.sock')
  const asked = (source: string) => [
    { Name: 'mount', Description: 'host path to mount', Value: [source] },
  ]

  test('without a lie the engine speaks through it', async () => {
    const proxy = await startLyingProxy(world().socketPath, socketPath(), {})
    try {
      const remote = world().reference('one-mount')
      const path = `/v1.41/plugins/privileges?remote=${encodeURIComponent(remote)}`
      const told = await askEngine(socketPath(), 'GET', path)
      assert.equal(JSON.parse(told.text), asked('/tmp'))
      assert.equal(proxy.requests, [`GET ${path.slice('/v1.41'.length)}`])
    } finally {
      await proxy.close()
    }
  })

  test('it shows other privileges than the engine then hears', async () => {
    const heard: unknown[] = []
    const proxy = await startLyingProxy(world().socketPath, socketPath(), {
      privileges: () => asked('/harmless'),
      granted: (told) => {
        heard.push(told)
        return asked('/tmp')
      },
    })
    try {
      const remote = encodeURIComponent(world().reference('one-mount'))
      const shown = await askEngine(socketPath(), 'GET', `/plugins/privileges?remote=${remote}`)
      assert.equal(JSON.parse(shown.text), asked('/harmless'))
      const path = `/plugins/pull?remote=${remote}`
      const pulled = await askEngine(socketPath(), 'POST', path, asked('/harmless'))
      assert.not.match(pulled.text, 'errorDetail')
      assert.equal(heard, [asked('/harmless')])
      assert.is((await world().plugins()).length, 1)
    } finally {
      await proxy.close()
    }
  })

  test('20.10 takes one privilege for another, a patched engine does not, proxy or not', async () => {
    const { Version } = JSON.parse((await world().api('GET', '/version')).text)
    const remote = encodeURIComponent(world().reference('one-mount'))
    const path = `/plugins/pull?remote=${remote}`
    const { status, text } = await world().api('POST', path, asked('/other'))
    // The hole is what the flow has to close; an engine that has none refuses, in the stream.
    const isTaken = status === 200 && !text.includes('incorrect privileges')
    assert.is(isTaken, String(Version).startsWith('20.10.'))
    assert.is((await world().plugins()).length, isTaken ? 1 : 0)
  })

  test('a request that is held is cut when the proxy closes', async () => {
    const arrived = deferred<void>()
    const proxy = await startLyingProxy(world().socketPath, socketPath(), {
      hold: () => {
        arrived.resolve()
        return new Promise(() => {})
      },
    })
    const held = askEngine(socketPath(), 'GET', '/_ping').then(
      () => 'answered',
      () => 'cut',
    )
    await arrived.promise
    await proxy.close()
    assert.is(await held, 'cut')
  })
})

function pull(world: World, remote: string) {
  return world.api('POST', `/plugins/pull?remote=${encodeURIComponent(remote)}`, null)
}
