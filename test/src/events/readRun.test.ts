import * as assert from 'uvu/assert'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { isFlowEvent, readRun, recordRun } from '../../../src/events/readRun.ts'
import { suite } from '../../support/suite.ts'
import { away } from '../command/views.ts'
import { progress, transition } from '../viewer/events.ts'

suite('recorded run', (test) => {
  test('what was recorded can be read', () => {
    const { at, ...retry } = away
    const events: FlowEvent[] = [
      transition(1, 'a'),
      { type: 'retry', sequence: 2, at, retry },
      progress(3, 2_000),
      transition(4, 'b', 'a'),
    ]
    assert.equal(readRun(JSON.parse(JSON.stringify(recordRun(events)))), events)
  })

  const bad: [string, unknown, RegExp][] = [
    ['a text', 'run', /not a recorded run/],
    ['null', null, /not a recorded run/],
    ['another format', { format: 'har', version: 1, events: [] }, /not a recorded run/],
    ['another version', { format: 'plugin-flow-run', version: 2, events: [] }, /version 2/],
    ['no events', { format: 'plugin-flow-run', version: 1 }, /damaged/],
    [
      'a bad event',
      { format: 'plugin-flow-run', version: 1, events: [transition(1, 'a'), {}] },
      /event 2/,
    ],
  ]
  for (const [title, value, message] of bad) {
    test(`refused :: ${title}`, () => {
      assert.throws(
        () => readRun(value),
        (error: unknown) => error instanceof RangeError && message.test(error.message),
      )
    })
  }

  const numbered = { sequence: 1, at: 0 }
  const none: [string, unknown][] = [
    ['an unknown type', { ...numbered, type: 'other' }],
    ['the name of something every object has', { ...numbered, type: 'constructor' }],
    ['the prototype', { ...numbered, type: '__proto__' }],
    ['no number', { at: 0, type: 'transition', to: 'a', event: 'b' }],
    [
      'a time that is none',
      { sequence: 1, at: Number.NaN, type: 'transition', to: 'a', event: 'b' },
    ],
    ['a state that is no text', { ...numbered, type: 'transition', to: {}, event: 'b' }],
    [
      'layers that are none',
      { ...numbered, type: 'progress', progress: { layers: [1], current: 1, bytesPerSecond: 0 } },
    ],
    [
      'privileges without values',
      {
        ...numbered,
        type: 'consent',
        request: { reference: 'a', name: 'a', privileges: [{ Name: 'network' }], settings: [] },
      },
    ],
    [
      'a retry without its numbers',
      { ...numbered, type: 'retry', retry: { message: 'a', attempt: 2, attempts: '4', delay: 1 } },
    ],
    ['an outcome of another kind', { ...numbered, type: 'outcome', outcome: { state: 'won' } }],
  ]
  for (const [title, value] of none) {
    test(`no event :: ${title}`, () => assert.not(isFlowEvent(value)))
  }
})
