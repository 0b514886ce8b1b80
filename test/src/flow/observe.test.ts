import * as assert from 'uvu/assert'
import { observeProgress } from '../../../src/flow/observe.ts'
import type { Progress } from '../../../src/flow/progress.ts'
import { suite } from '../../support/suite.ts'

const at = (percent: number): Progress => ({ layers: [], current: 0, bytesPerSecond: 0, percent })

suite('observeProgress', (test) => {
  test('the newest only, once a turn', async () => {
    const seen: unknown[] = []
    const progress = observeProgress()
    progress.value$.subscribe(({ percent }) => seen.push(percent))
    progress.show(() => at(1))
    progress.show(() => at(2))
    assert.equal(seen, [])
    await Promise.resolve()
    assert.equal(seen, [2])
    progress.show(() => at(3))
    await Promise.resolve()
    assert.equal(seen, [2, 3])
  })

  test('what is due when it ends is told before, and once', async () => {
    const seen: unknown[] = []
    const progress = observeProgress()
    progress.value$.subscribe({
      next: ({ percent }) => seen.push(percent),
      complete: () => seen.push('end'),
    })
    progress.show(() => at(100))
    progress.complete()
    await Promise.resolve()
    assert.equal(seen, [100, 'end'])
  })
})
