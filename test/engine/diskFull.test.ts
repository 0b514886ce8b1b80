import * as assert from 'uvu/assert'
import { engineSuite } from './world/engineSuite.ts'
import { failure, install, onEngine } from './world/flows.ts'
import { type MortalEngine, startMortalEngine } from './world/startMortalEngine.ts'

const MIB = 1024 * 1024
/** Room for the small plugins, and not for the big one. */
const SMALL = 24 * MIB
/** Room for the big one, packed and unpacked. */
const LARGE = 160 * MIB

engineSuite('real engine :: the disk of the engine is full', (test, world) => {
  let engine: MortalEngine
  test.before(async () => {
    engine = await startMortalEngine(world(), SMALL)
  })
  test.after(() => engine?.stop())

  test('a plugin that does not fit :: says so, nothing is left, and it fits once there is room', async () => {
    const [plain, big] = [world().reference('plain'), world().reference('big')]
    const begin = (reference: string) => install(world(), { reference }, engine.host)
    const { id } = await begin(plain).result
    assert.equal(await onEngine(engine), [`${plain} enabled`])
    await engine.api('DELETE', `/plugins/${id}?force=1`)

    const error = await failure(begin(big))
    assert.equal([error.code, error.state], ['disk-full', 'pulling'])
    assert.match(error.message, 'no space left on device')
    assert.equal(error.rollback, { result: 'nothingToRemove' })
    assert.equal(await onEngine(engine), [])

    // 20.10.24 keeps what it has pulled of it, so that nothing else fits now either.
    assert.is((await failure(begin(plain))).code, 'disk-full')
    assert.equal(await onEngine(engine), [])

    await engine.resize(LARGE)
    await Promise.all([begin(big).result, begin(plain).result])
    assert.equal(await onEngine(engine), [`${big} enabled`, `${plain} enabled`])
  })
})
