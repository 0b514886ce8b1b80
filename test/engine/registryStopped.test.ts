import { join } from 'node:path'
import { filter, firstValueFrom, timeout } from 'rxjs'
import * as assert from 'uvu/assert'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import type { PluginInstall } from '../../src/flow/types.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { startRegistry } from './world/startRegistry.ts'
import type { World } from './world/startWorld.ts'
import { startThrottle } from './world/throttle.ts'

const NOTHING = { result: 'nothingToRemove' }
const IDLE_MS = 1_500

interface Stoppable {
  /** The big plugin, at a registry of its own that does not give it at once. */
  reference: string
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
}

engineSuite('real engine :: the registry stops in mid-pull', (test, world) => {
  test('it is killed :: told as its failure, nothing is left, and the engine can go on', () =>
    withRegistry(world(), async ({ reference, signal }) => {
      const flow = install(world(), { reference })
      await downloading(flow)
      signal('SIGKILL')
      const error = await failure(flow)
      assert.equal([error.code, error.state], ['incomplete-layer', 'pulling'])
      assert.is(error.retryable, true)
      assert.is(error.failure.inStream, true)
      assert.equal(error.rollback, NOTHING)
      assert.equal(await onEngine(world()), [])
      const again = await failure(install(world(), { reference }))
      assert.equal([again.code, again.retryable], ['registry-unreachable', true])
      await isUsable(world())
    }))

  test('it hangs :: the pull is given up when it is silent for too long', () =>
    withRegistry(world(), async ({ reference, signal }) => {
      const env = { DOCKER_CONFIG: world().folder }
      const engine = connect({ host: world().host, env, timeouts: { idle: IDLE_MS } })
      try {
        const flow = installPlugin(engine, { reference })
        await downloading(flow)
        signal('SIGSTOP')
        const error = await failure(flow)
        assert.equal([error.code, error.state], ['timed-out', 'pulling'])
        assert.is(error.retryable, true)
        assert.equal(error.rollback, NOTHING)
        assert.equal(await onEngine(world()), [])
        await isUsable(world())
      } finally {
        engine.close()
      }
    }))

  test('it hangs :: a cancel is heeded, and nothing comes when it goes on', () =>
    withRegistry(world(), async ({ reference, signal }) => {
      const flow = install(world(), { reference })
      await downloading(flow)
      signal('SIGSTOP')
      flow.cancel()
      const error = await failure(flow)
      assert.equal([error.code, error.rollback], ['cancelled', NOTHING])
      signal('SIGCONT')
      // Its removal makes the engine wait for every pull that runs, and the pull after it for that.
      await isUsable(world())
      await isUsable(world())
      assert.equal(await onEngine(world()), [])
    }))
})

/** Installs another plugin, and takes it away again. */
async function isUsable(world: World): Promise<void> {
  const reference = world.reference('plain')
  const { id } = await install(world, { reference }).result
  assert.equal(await onEngine(world), [`${reference} enabled`])
  await world.api('DELETE', `/plugins/${id}?force=1`)
}

async function withRegistry(
  world: World,
  act: (stoppable: Stoppable) => Promise<void>,
): Promise<void> {
  let pid = 0
  let end = async () => {}
  const options = { store: join(world.folder, 'registry') }
  const registry = await startRegistry(world.folder, 'stoppable', options, (owned, stop) => {
    pid = owned.pid
    end = stop
  })
  const throttle = await startThrottle(registry, 8 * 1024 * 1024)
  try {
    await act({
      reference: world.reference('big', throttle),
      signal: (name) => void process.kill(pid, name),
    })
  } finally {
    await throttle.close()
    await end()
  }
}

function downloading(flow: PluginInstall): Promise<unknown> {
  return firstValueFrom(
    flow.progress$.pipe(
      filter(({ current }) => current > 1024 * 1024),
      timeout(30_000),
    ),
  )
}
