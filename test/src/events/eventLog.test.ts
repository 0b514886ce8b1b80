import * as assert from 'uvu/assert'
import { createEventLog } from '../../../src/events/eventLog.ts'
import { suite } from '../../support/suite.ts'
import { progress, transition } from '../viewer/events.ts'

suite('event log', (test) => {
  test('an event that is there already is passed over', () => {
    const log = createEventLog()
    assert.ok(log.add(transition(1, 'a')))
    assert.ok(log.add(transition(4, 'b')))
    assert.not(log.add(transition(4, 'b')))
    assert.not(log.add(transition(3, 'c')))
    assert.equal(
      log.events.map(({ sequence }) => sequence),
      [1, 4],
    )
  })

  test('after :: the next event that is kept', () => {
    const log = createEventLog()
    for (const event of [transition(1, 'a'), transition(4, 'b')]) log.add(event)
    assert.is(log.after(0)?.sequence, 1)
    assert.is(log.after(2)?.sequence, 4)
    assert.is(log.after(4), undefined)
  })

  test('of fast progress the newest is kept, and every transition', () => {
    const log = createEventLog()
    log.add(transition(1, 'a'))
    for (let sequence = 2; sequence < 10_002; sequence++) log.add(progress(sequence, sequence / 10))
    log.add(transition(10_002, 'b', 'a'))
    // A second of it, four times a second, and the newest.
    assert.ok(log.events.length <= 8, `${log.events.length}`)
    assert.equal(log.events.at(-2), progress(10_001, 1_000.1))
    assert.is(log.events.filter(({ type }) => type === 'transition').length, 2)
  })

  test('hours of a pull of many layers stay bounded', () => {
    const log = createEventLog()
    log.add(transition(1, 'a'))
    for (let sequence = 2; sequence < 5_000; sequence++)
      log.add(progress(sequence, sequence * 1_000, 100))
    const layers = log.events.map((event) =>
      event.type === 'progress' ? event.progress.layers.length : 0,
    )
    assert.ok(layers.reduce((sum, count) => sum + count) <= 20_000)
    assert.is(log.events[0]?.type, 'transition')
    assert.is(log.events.at(-1)?.sequence, 4_999)
  })
})
