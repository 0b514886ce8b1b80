import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine, pullsEnded } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import { startThrottle } from './world/throttle.ts'

/** Matches nothing. */
const AT_THE_END = /(?!)/

engineSuite('real engine :: the connection is cut', (test, world) => {
  /** Cuts the first answer to a request that matches. */
  const cutting = async (
    matches: RegExp,
    where: RegExp | 'answer',
    run: (host: string) => Promise<void>,
  ) => {
    let done = false
    const cut = (method: string, path: string) => {
      if (done || !matches.test(`${method} ${path}`)) return undefined
      done = true
      return where
    }
    const socketPath = join(world().folder, 'cut.sock')
    const proxy = await startLyingProxy(world().socketPath, socketPath, { cut })
    try {
      await run(proxy.host)
      assert.ok(done, 'something was cut')
    } finally {
      await proxy.close()
    }
  }

  test('in mid-pull :: the engine gives the pull up, and nothing is left', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    try {
      await cutting(/^POST \/plugins\/pull/, /Downloading/, async (host) => {
        const reference = world().reference('big', throttle)
        const error = await failure(install(world(), { reference }, host))
        assert.is(error.code, 'pull-interrupted')
        assert.is(error.retryable, true)
        assert.equal(error.rollback, { result: 'nothingToRemove' })
        assert.equal(await onEngine(world()), [])
      })
    } finally {
      await throttle.close()
    }
  })

  test('before the end of a pull that succeeds :: what it left is found and taken back', async () => {
    await cutting(/^POST \/plugins\/pull/, AT_THE_END, async (host) => {
      const reference = world().reference('plain')
      const error = await failure(install(world(), { reference }, host))
      assert.is(error.code, 'pull-interrupted')
      assert.is(error.rollback.result, 'removed')
      assert.equal(await onEngine(world()), [])
    })
  })

  test('while the engine extracts, which it ends :: what it leaves is taken back', async () => {
    await cutting(/^POST \/plugins\/pull/, /Extracting/, async (host) => {
      const error = await failure(
        install(world(), { reference: world().reference('crowded') }, host),
      )
      assert.is(error.code, 'pull-interrupted')
      await pullsEnded(world())
      assert.equal(await onEngine(world()), [])
      assert.is(error.rollback.result, 'removed')
    })
  })

  test('in place of the answer to a set', async () => {
    await cutting(/^POST .*\/set$/, 'answer', async (host) => {
      const options = { reference: world().reference('plain'), settings: { DEBUG: '1' } }
      const error = await failure(install(world(), options, host))
      assert.is(error.state, 'configuring')
      assert.is(error.rollback.result, 'removed')
      assert.equal(await onEngine(world()), [])
    })
  })

  test('in place of the answer to an enable :: the plugin runs, and is taken back', async () => {
    await cutting(/^POST .*\/enable\?/, 'answer', async (host) => {
      const error = await failure(install(world(), { reference: world().reference('plain') }, host))
      assert.is(error.state, 'enabling')
      assert.is(error.rollback.result, 'removed')
      assert.equal(await onEngine(world()), [])
    })
  })

  test('in place of the answer to a removal :: it is looked whether the plugin is gone', async () => {
    await cutting(/^DELETE /, 'answer', async (host) => {
      const options = { reference: world().reference('plain'), settings: { BAD: '1' } }
      const error = await failure(install(world(), options, host))
      assert.is(error.code, 'unknown-setting')
      assert.is(error.rollback.result, 'removed')
      assert.equal(await onEngine(world()), [])
    })
  })

  test('between the engine and the registry, in mid-pull', async () => {
    const throttle = await startThrottle(world().registries.open, 4 * 1024 * 1024)
    const flow = install(world(), { reference: world().reference('big', throttle) })
    const subscription = flow.progress$.subscribe(({ current }) => {
      if (current < 1024 * 1024) return
      subscription.unsubscribe()
      void throttle.close()
    })
    const error = await failure(flow)
    assert.is(error.state, 'pulling')
    assert.is(error.failure.inStream, true)
    assert.equal(error.rollback, { result: 'nothingToRemove' })
    assert.equal(await onEngine(world()), [])
  })
})
