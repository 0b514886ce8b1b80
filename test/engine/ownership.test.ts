import { filter, firstValueFrom } from 'rxjs'
import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
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
})
