import * as assert from 'uvu/assert'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { isFlowEvent, readRun, recordRun } from '../../../src/events/readRun.ts'
import { suite } from '../../support/suite.ts'
import { away } from '../command/views.ts'
import { progress, transition } from '../viewer/events.ts'
import { everyEvent, mutationsOf } from './mutations.ts'

suite('recorded run', (test) => {
  test('a recorded run can be read', () => {
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
    ['an invalid time', { sequence: 1, at: Number.NaN, type: 'transition', to: 'a', event: 'b' }],
    ['a state that is not a string', { ...numbered, type: 'transition', to: {}, event: 'b' }],
    [
      'layers that are numbers',
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
      'a place in the queue that is no number',
      { ...numbered, type: 'queued', queued: { ahead: 'two' } },
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

  test('an event of every kind, with every field, is one', () => {
    for (const event of everyEvent) assert.ok(isFlowEvent(event), JSON.stringify(event))
  })

  test('every field of every event :: of another type it is refused, by its name', () => {
    for (const event of everyEvent) {
      for (const { path, was, is, value } of mutationsOf(event)) {
        if (kindOf(was) === kindOf(is) || (is === undefined && isOptional(path))) continue
        assert.throws(
          () => readRun(recordRun([value as FlowEvent])),
          (error: unknown) =>
            error instanceof RangeError &&
            error.message === `event 1 of the run is damaged${nameOf(path)}`,
          `${JSON.stringify(value)}`,
        )
      }
    }
  })

  test('any mutation of a run :: it is read, or refused in words', () => {
    for (const { value } of mutationsOf(JSON.parse(JSON.stringify(recordRun(everyEvent))))) {
      try {
        readRun(value)
      } catch (error) {
        assert.ok(error instanceof RangeError, `${String(error)}: ${JSON.stringify(value)}`)
      }
    }
  })
})

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  return value === null ? 'null' : typeof value
}

const OPTIONAL =
  /^(?:alias|engine|simulated|from|total|percent|secondsLeft|digest|operation|status|engineMessage|inStream|machine|leftover|uses|plan|remote|none)$/

function isOptional(path: readonly string[]): boolean {
  const whole = path.join('.')
  return (
    OPTIONAL.test(path.at(-1) ?? '') ||
    whole === 'outcome.rollback.id' ||
    /entries\.\d+\.to$/.test(whole)
  )
}

function nameOf(path: readonly string[]): string {
  return path.length === 0 ? '' : `: ${path.join('.')}`
}
