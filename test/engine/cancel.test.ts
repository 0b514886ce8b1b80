import { join } from 'node:path'
import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import type { Progress } from '../../machines/progress.ts'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import type { PluginInstall } from '../../src/flow/types.ts'
import { deferred } from './world/deferred.ts'
import { engineSuite } from './world/engineSuite.ts'
import { fixtures } from './world/fixtures.ts'
import { entering, failure, install, onEngine, pullsEnded } from './world/flows.ts'
import { startLyingProxy } from './world/lyingProxy.ts'
import { startThrottle } from './world/throttle.ts'
import { until } from './world/until.ts'

const NOTHING = { result: 'nothingToRemove' }

engineSuite('real engine :: cancel', (test, world) => {
  /** Holds back the first request that matches: `arrived` tells when it is there. */
  const holding = async (
    matches: (line: string, earlier: readonly string[]) => boolean,
    run: (host: string, arrived: Promise<void>) => Promise<void>,
  ) => {
    const arrived = deferred<void>()
    const earlier: string[] = []
    let held = false
    const hold = (method: string, path: string) => {
      const line = `${method} ${path}`
      const isIt = !held && matches(line, earlier)
      earlier.push(line)
      if (!isIt) return undefined
      held = true
      arrived.resolve()
      return new Promise<void>(() => {})
    }
    const socketPath = join(world().folder, 'held.sock')
    const proxy = await startLyingProxy(world().socketPath, socketPath, { hold })
    try {
      await run(proxy.host, arrived.promise)
    } finally {
      await proxy.close()
    }
  }

  test('in checkPrivileges', async () => {
    await holding(
      (line) => line.startsWith('GET /plugins/privileges'),
      async (host, arrived) => {
        const flow = install(world(), { reference: world().reference('probe') }, host)
        await arrived
        assert.is(flow.cancel(), true)
        const error = await failure(flow)
        assert.is(error.code, 'cancelled')
        assert.is(error.state, 'checkPrivileges')
        assert.equal(error.rollback, NOTHING)
        assert.equal(await onEngine(world()), [])
      },
    )
  })

  test('before anything is sent', async () => {
    const aborted = AbortSignal.abort()
    const flow = install(world(), { reference: world().reference('plain'), signal: aborted })
    assert.is((await failure(flow)).code, 'cancelled')
    assert.equal(await onEngine(world()), [])
  })

  test('in awaitConsent', async () => {
    const flow = install(world(), { reference: world().reference('probe') })
    await entering(flow, 'awaitConsent')
    flow.cancel()
    const error = await failure(flow)
    assert.is(error.state, 'awaitConsent')
    assert.equal(error.rollback, NOTHING)
    assert.equal(await onEngine(world()), [])
  })

  test('in mid-pull :: no layer and no plugin is left, and it can be pulled again', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    try {
      const reference = world().reference('big', throttle)
      const flow = install(world(), { reference })
      await downloading(flow)
      flow.cancel()
      const error = await failure(flow)
      assert.is(error.code, 'cancelled')
      assert.is(error.state, 'pulling')
      assert.equal(error.rollback, NOTHING)
      assert.equal(await onEngine(world()), [])
    } finally {
      await throttle.close()
    }
    await install(world(), { reference: world().reference('big') }).result
    assert.equal(await onEngine(world()), [`${world().reference('big')} enabled`])
  })

  test('in mid-pull :: the engine stops pulling, though the connection to it stays open', async () => {
    const throttle = await startThrottle(world().registries.open, 8 * 1024 * 1024)
    const engine = connect({ host: world().host, env: { DOCKER_CONFIG: world().folder } })
    try {
      const flow = installPlugin(engine, { reference: world().reference('big', throttle) })
      await downloading(flow)
      flow.cancel()
      assert.is((await failure(flow)).code, 'cancelled')
      await until('nothing is pulled any more', () => throttle.traffic().quietMs > 500)
      assert.ok(throttle.traffic().bytes < fixtures.big.ballast, 'the rest was never pulled')
      assert.equal(await onEngine(world()), [])
    } finally {
      engine.close()
      await throttle.close()
    }
  })

  test('while the engine extracts, which it ends :: what it leaves is taken back', async () => {
    const flow = install(world(), { reference: world().reference('crowded') })
    await pullShows(flow, ({ layers }) => layers.some(({ phase }) => phase === 'extracting'))
    assert.is(flow.snapshot().state, 'pulling.streaming')
    flow.cancel()
    const error = await failure(flow)
    await pullsEnded(world())
    assert.equal(await onEngine(world()), [])
    assert.is(error.rollback.result, 'removed')
  })

  test('after the pull, before it is verified', async () => {
    const isVerification = (line: string, earlier: readonly string[]) =>
      line.endsWith('/json') && earlier.some((each) => each.startsWith('POST /plugins/pull'))
    await holding(isVerification, async (host, arrived) => {
      const reference = world().reference('plain')
      const flow = install(world(), { reference }, host)
      await arrived
      assert.equal(await onEngine(world()), [`${reference} disabled`])
      flow.cancel()
      const error = await failure(flow)
      assert.is(error.state, 'pulling')
      assert.is(error.rollback.result, 'removed')
      assert.equal(await onEngine(world()), [])
    })
  })

  test('in configuring', async () => {
    await holding(
      (line) => line.endsWith('/set'),
      async (host, arrived) => {
        const reference = world().reference('plain')
        const flow = install(world(), { reference, settings: { DEBUG: '1' } }, host)
        await arrived
        assert.equal(await onEngine(world()), [`${reference} disabled`])
        flow.cancel()
        const error = await failure(flow)
        assert.is(error.state, 'configuring')
        assert.is(error.rollback.result, 'removed')
        assert.equal(await onEngine(world()), [])
      },
    )
  })

  test('once it has ended :: refused, and the plugin stays', async () => {
    const reference = world().reference('plain')
    const flow = install(world(), { reference })
    await flow.result
    assert.is(flow.cancel(), false)
    assert.equal(await onEngine(world()), [`${reference} enabled`])
  })
})

function downloading(flow: PluginInstall): Promise<unknown> {
  return pullShows(flow, ({ current }) => current > 1024 * 1024)
}

function pullShows(flow: PluginInstall, what: (progress: Progress) => boolean): Promise<unknown> {
  return firstValueFrom(flow.progress$.pipe(filter(what), timeout(30_000)))
}
