import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { installEngine } from './installEngine.ts'
import { startWorld, type World } from './startWorld.ts'

const availability = await installEngine()
const shared = shareWorld()

if (!availability.ready) {
  console.log(`real engine: skipped: ${availability.reason}. To run it: ${availability.remedy}`)
}

/**
 * A suite that needs a real engine. All of a run share one world, which starts with the first of
 * them, ends with the last, and has no plugin when a test begins. Where no engine can run the suite
 * is skipped and says why; with `REQUIRE_ENGINE=1` that is a failure.
 */
export function engineSuite(name: string, build: (test: Test, world: () => World) => void): void {
  suite(name, (test) => {
    if (!availability.ready) {
      test.skip(name, () => {})
      test(`real engine: skipped: ${availability.reason}`, () => {
        assert.is.not(process.env.REQUIRE_ENGINE, '1', 'REQUIRE_ENGINE=1 wants a real engine')
      })
      return
    }
    let world: World | undefined
    const release = shared.join()
    test.before(async () => {
      world = await shared.start()
    })
    build(test, () => {
      if (!world) throw new Error('the world is there while a test runs, and not before')
      return world
    })
    test.after.each(() => world?.removeAll())
    test.after(release)
  })
}

/** Counts who needs the world, so that the last one out ends it. */
function shareWorld() {
  let started: Promise<World> | undefined
  let members = 0
  return {
    join() {
      members += 1
      return async () => {
        members -= 1
        if (members === 0) await (await started)?.stop()
      }
    },
    start() {
      started ??= startWorld()
      return started
    },
  }
}
