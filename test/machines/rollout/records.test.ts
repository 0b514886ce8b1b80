import * as assert from 'uvu/assert'
import { countRecords, isEnd, TARGET_STATES } from '../../../machines/rollout/records.ts'
import { suite } from '../../support/suite.ts'

suite('records', (test) => {
  test('countRecords :: every state has a count, in the order in which people read them', () => {
    const states = ['done', 'queued', 'done', 'undoFailed'] as const
    const counts = countRecords(states.map((state) => ({ state })))
    assert.equal(Object.entries(counts), [
      ['queued', 1],
      ['leased', 0],
      ['running', 0],
      ['done', 2],
      ['kept', 0],
      ['failed', 0],
      ['unreachable', 0],
      ['abandoned', 0],
      ['undone', 0],
      ['undoFailed', 1],
      ['skipped', 0],
    ])
  })

  test('isEnd :: no target that a worker may still change has ended, and every other one has', () => {
    const open = TARGET_STATES.filter((state) => !isEnd({ state }))
    assert.equal(open, ['queued', 'leased', 'running'])
  })
})
