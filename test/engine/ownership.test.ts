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

  test('two flows, one name :: one has it, the other leaves it alone', async () => {
    const throttle = await startThrottle(world().registries.open, 20 * 1024 * 1024)
    try {
      const reference = world().reference('big', throttle)
      const flows = [install(world(), { reference }), install(world(), { reference })]
      const ends = await Promise.allSettled(flows.map(({ result }) => result))
      const [won] = ends.filter(({ status }) => status === 'fulfilled')
      const [lost] = ends.filter(({ status }) => status === 'rejected')
      assert.ok(won && lost, 'one of each')
      const { code, rollback } = (lost as PromiseRejectedResult).reason
      assert.is(code, 'already-exists')
      assert.equal(rollback, { result: 'nothingToRemove' })
      const [plugin] = await world().plugins()
      assert.is((won as PromiseFulfilledResult<{ id: string }>).value.id, plugin?.Id)
      assert.equal(await onEngine(world()), [`${reference} enabled`])
    } finally {
      await throttle.close()
    }
  })
})
