import { type AddressInfo, createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { suite } from '../support/suite.ts'
import { type AllowedEnd, allowedEnds } from './allowedEnds.ts'
import { deepFaults, encodingFaults, garbageFaults, hugeFaults } from './bodyFaults.ts'
import { cutFaults, resetFaults } from './cutFaults.ts'
import type { Fault } from './fault.ts'
import { lengthFaults, silenceFaults, twiceFaults } from './framingFaults.ts'
import { roles } from './recordedInstall.ts'
import { faultSeed } from './seed.ts'
import { shapeFaults } from './shapeFaults.ts'
import { otherStatusFaults, proxyFaults, redirectFaults } from './statusFaults.ts'
import { assertWell, type Tried, tryFaults } from './tryFaults.ts'

const all = { tried: 0, endedWell: 0, needed: new Map<AllowedEnd, Set<string>>() }

/** A suite of its own, so that each has its own limit of time. */
function faultSuite(name: string, make: () => Fault[], atOnce?: number): void {
  suite(`faults :: ${name}`, (test) => {
    test('each flow ends as it may', async () => {
      const tried = await tryFaults(make(), atOnce)
      count(tried)
      assertWell(name, tried)
    })
  })
}

function count({ tried, endedWell, needed }: Tried): void {
  all.tried += tried
  all.endedWell += endedWell
  for (const [row, ends] of needed) {
    all.needed.set(row, new Set([...(all.needed.get(row) ?? []), ...ends]))
  }
}

for (const role of roles) {
  faultSuite(`cut :: ${role}`, () => cutFaults(faultSeed).filter((fault) => fault.role === role))
}
faultSuite('reset', resetFaults)
faultSuite('silence', silenceFaults)
faultSuite('twice', twiceFaults)
faultSuite('length', lengthFaults)
faultSuite('garbage', () => garbageFaults(faultSeed))
faultSuite('too much', hugeFaults, 5)
faultSuite('deep', deepFaults, 10)
faultSuite('not UTF-8', encodingFaults)
faultSuite('proxy error', proxyFaults)
faultSuite('other status', otherStatusFaults)
for (const role of roles) {
  const ofRole = () => shapeFaults().filter((fault) => fault.role === role)
  if (ofRole().length > 0) faultSuite(`wrong type :: ${role}`, ofRole)
}

suite('faults :: redirect', (test) => {
  test('each flow ends as it may, and no redirect is followed', async () => {
    let visits = 0
    const trap = createServer((socket) => {
      visits++
      socket.destroy()
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = trap.address() as AddressInfo
      const tried = await tryFaults(redirectFaults(`127.0.0.1:${port}`))
      count(tried)
      assertWell('redirect', tried)
      assert.is(visits, 0)
    } finally {
      await new Promise((resolve) => trap.close(resolve))
    }
  })
})

suite('faults :: all', (test) => {
  test('each ended well', () => {
    console.log(`\n   all: ${all.tried} faults tried, ${all.endedWell} ended well`)
    console.log(`   FAULT_SEED=${faultSeed} tries the same again`)
    assert.is(all.endedWell, all.tried)
  })

  test('nothing is allowed that does not happen', () => {
    const unneeded = allowedEnds.flatMap((row) => {
      const ends = row.ends.filter((end) => !all.needed.get(row)?.has(end))
      return ends.map((end) => `${row.kinds ?? 'all'} of ${row.roles}: ${end}`)
    })
    assert.equal(unneeded, [])
  })
})
