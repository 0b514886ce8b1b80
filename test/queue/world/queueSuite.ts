import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import { suite } from '../../support/suite.ts'
import { installServers, type Servers } from './installServers.ts'

const availability = await installServers()

if (!availability.ready) {
  console.log(`queues: skipped: ${availability.reason}. To run them: ${availability.remedy}`)
}

/**
 * Suites that need Redis and PostgreSQL. Where they cannot be had, the suite is skipped and says why; with
 * `REQUIRE_ENGINE=1` that is a failure.
 */
export function withServers(name: string, build: (servers: Servers) => void): void {
  if (availability.ready) {
    build(availability)
    return
  }
  suite(name, (test) => {
    test.skip(name, () => {})
    test(`queues: skipped: ${availability.reason}`, () => {
      assert.is.not(process.env.REQUIRE_ENGINE, '1', 'REQUIRE_ENGINE=1 wants Redis and PostgreSQL')
    })
  })
}

export function queueSuite(name: string, build: (test: Test, servers: Servers) => void): void {
  withServers(name, (servers) => suite(name, (test) => build(test, servers)))
}
