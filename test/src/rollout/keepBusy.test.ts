import * as assert from 'uvu/assert'
import { keepBusy } from '../../../src/rollout/queue/keepBusy.ts'
import { suite } from '../../support/suite.ts'

suite('keepBusy', (test) => {
  test('something comes after nothing more is wanted :: it is given back, and not begun', async () => {
    const done: string[] = []
    let come = (_: string) => {}
    const fetch = () =>
      new Promise<string>((resolve) => {
        come = resolve
      })
    const stop = keepBusy(
      2,
      fetch,
      async (job) => void done.push(`worked on ${job}`),
      async (job) => void done.push(`gave ${job} back`),
    )
    come('one')
    for (let turn = 0; done.length === 0 && turn < 100; turn++) await Promise.resolve()
    const stopped = stop()
    come('two')
    await stopped
    assert.equal(done, ['worked on one', 'gave two back'])
  })
})
