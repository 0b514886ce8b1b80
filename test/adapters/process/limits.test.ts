import * as assert from 'uvu/assert'
import { processLimits } from '../../../adapters/process/limits.ts'
import { suite } from '../../support/suite.ts'

suite('processLimits', (test) => {
  const LIMITS: [descriptors: number, cores: number, flows: number, connections: number][] = [
    [1_024, 2, 64, 240],
    [1_024, 8, 120, 240],
    [256, 8, 24, 48],
    [20, 8, 2, 4],
    [1_000_000, 4, 128, 512],
    [1_000_000, 64, 256, 512],
  ]
  for (const [descriptors, cores, flows, connections] of LIMITS) {
    test(`${descriptors} descriptors and ${cores} cores :: ${flows} flows`, () => {
      assert.equal(processLimits(descriptors, cores), { flows, connections })
    })
  }

  test('of this process :: something', () => {
    const { flows, connections } = processLimits()
    assert.ok(flows >= 2 && connections >= 4)
  })
})
