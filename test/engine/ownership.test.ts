import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import type { Engine } from '../../machines/engine.ts'
import { connect } from '../../src/flow/connect.ts'
import { installPlugin } from '../../src/flow/install.ts'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import type { World } from './world/startWorld.ts'
import { startThrottle } from './world/throttle.ts'

engineSuite('real engine :: whose plugin it is', (test, world) => {
  test('it was there before :: reported and not touched', async () => {
    const reference = world().reference('plain')
    await install(world(), { reference }).result
    const before = await world().plugins()
    const error = await failure(install(world(), { reference }))
    assert.is(error.code, 'already-exists')
    assert.equal(error.rollback, { result: 'nothingToRemove' })
    assert.equal(await world().plugins(), before)
  })

  test('another plugin has the alias :: reported and not touched', async () => {
    await install(world(), { reference: world().reference('plain'), alias: 'mine' }).result
    const before = await world().plugins()
    const options = { reference: world().reference('late'), alias: 'mine' }
    assert.is((await failure(install(world(), options))).code, 'already-exists')
    assert.equal(await world().plugins(), before)
  })

  // Of two pulls that end in the same moment this engine may let both have the name, or none: here one
  // is sure to end before the other.
  test('somebody else takes the name while it is pulled :: reported and not touched', async () => {
    const throttle = await startThrottle(world().registries.open, 20 * 1024 * 1024)
    try {
      const slow = install(world(), {
        reference: world().reference('big', throttle),
        alias: 'mine',
      })
      await firstValueFrom(slow.progress$.pipe(filter(({ current }) => current > 0)))
      const quick = install(world(), { reference: world().reference('plain'), alias: 'mine' })
      const { id } = await quick.result
      const { code, state, rollback } = await failure(slow)
      assert.equal([code, state], ['already-exists', 'pulling'])
      assert.equal(rollback, { result: 'nothingToRemove' })
      assert.equal(
        (await world().plugins()).map(({ Id }) => Id),
        [id],
      )
      assert.equal(await onEngine(world()), ['mine:latest enabled'])
    } finally {
      await throttle.close()
    }
  })

  for (const [others, result] of [
    ['nothing', 'removed'],
    ['a removal and an install', 'failed'],
  ] as const) {
    test(`${others} by another client between the pull and the first look, and the enable fails :: ${result}`, () =>
      asOther(world(), world().reference('badmount'), async (connected, pull, remove) => {
        // An earlier removal of the name does not count.
        await pull()
        await remove()
        let theirs: string[] = []
        const engine: Engine = {
          async call(id, input, options) {
            const output = await connected.call(id, input, options)
            if (id === 'pluginPull' && result === 'failed') {
              await remove()
              await pull()
              theirs = await ids(world())
              assert.is(theirs.length, 1)
            }
            return output
          },
        }
        const reference = world().reference('badmount')
        const error = await failure(installPlugin(engine, { reference, grantAllPermissions: true }))
        assert.equal([error.state, error.rollback.result], ['enabling', result])
        assert.equal(await ids(world()), theirs)
      }))
  }
})

async function ids(world: World): Promise<string[]> {
  return (await world.plugins()).map(({ Id }) => Id)
}

/** Another client of the engine, which installs and removes one plugin. */
async function asOther(
  { host, folder }: World,
  remote: string,
  act: (
    connected: Engine,
    pull: () => Promise<unknown>,
    remove: () => Promise<unknown>,
  ) => Promise<void>,
): Promise<void> {
  const connected = connect({ host, env: { DOCKER_CONFIG: folder } })
  const options = { signal: new AbortController().signal }
  try {
    const { privileges } = await connected.call('getPluginPrivileges', { remote }, options)
    await act(
      connected,
      () => connected.call('pluginPull', { remote, name: remote, privileges }, options),
      () => connected.call('pluginDelete', { name: remote }, options),
    )
  } finally {
    connected.close()
  }
}
