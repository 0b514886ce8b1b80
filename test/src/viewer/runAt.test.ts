import * as assert from 'uvu/assert'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { countAtStep, runAt } from '../../../src/viewer/runAt.ts'
import { suite } from '../../support/suite.ts'
import { away } from '../command/views.ts'
import { progress, transition } from './events.ts'

const asked: FlowEvent = {
  type: 'credentials',
  sequence: 3,
  at: 3_000,
  request: { registry: 'registry.example.com', attempt: 1, reason: 'missing' },
}
const events = [transition(1, 'a'), progress(2, 2_000), asked, transition(4, 'b', 'a')]

suite('run at a moment', (test) => {
  test('a request is open until the next transition', () => {
    assert.is(runAt(events, 2).credentials, undefined)
    assert.equal(runAt(events, 3).credentials, asked.type === 'credentials' && asked.request)
    assert.is(runAt(events, 4).credentials, undefined)
  })

  test('progress stays, and times are those of the events', () => {
    const { progress: made, startedAt, at, transitions } = runAt(events, 4)
    assert.is(made?.current, 2)
    assert.equal([startedAt, at], [1_000, 4_000])
    assert.equal(
      transitions.map(({ to }) => to),
      ['a', 'b'],
    )
  })

  test('a step lasts until the next one', () => {
    assert.is(countAtStep(events, 0), 3)
    assert.is(countAtStep(events, 1), 4)
    assert.is(countAtStep(events, 9), 4)
  })

  test('the attempt that is waited for is shown until the flow goes on', () => {
    const { at, ...told } = away
    const retry: FlowEvent = { type: 'retry', sequence: 2, at, retry: told }
    const before = [transition(1, 'a'), retry]
    assert.equal(runAt(before, 2).retry, told)
    for (const next of [transition(3, 'b', 'a'), progress(3, 3_000)]) {
      assert.not('retry' in runAt([...before, next], 3))
    }
  })

  test('that the flow waits for its place is shown until it goes on', () => {
    const { at, ...told } = away
    const queued: FlowEvent = { type: 'queued', sequence: 2, at, queued: { ahead: 3 } }
    const before = [transition(1, 'a'), queued]
    assert.equal(runAt(before, 2).queued, { ahead: 3 })
    const retry: FlowEvent = { type: 'retry', sequence: 3, at, retry: told }
    for (const next of [transition(3, 'b', 'a'), progress(3, 3_000), retry]) {
      assert.not('queued' in runAt([...before, next], 3))
    }
  })

  test('nothing has happened yet', () => {
    assert.equal(runAt([], 0), { transitions: [] })
  })
})
