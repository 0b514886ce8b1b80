import * as assert from 'uvu/assert'
import { pluginInstallLayout } from '../../../src/chart/layouts/pluginInstall.generated.ts'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'
import { countAtStep, meaningOf, runAt, toneOf, visitsOf } from '../../../src/viewer/runAt.ts'
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

  test('each state with when it was entered and left, what was tried again in it, and what was ignored', () => {
    const { at: _, ...told } = away
    const retry: FlowEvent = { type: 'retry', sequence: 2, at: 1_500, retry: told }
    const late: FlowEvent = { type: 'ignored', sequence: 5, at: 5_000, event: 'consent.grant' }
    const run = [transition(1, 'a'), retry, transition(4, 'b', 'a'), late]
    const visits = visitsOf(run).map(({ transition: { to, at }, left, retries, ignored }) => ({
      to,
      at,
      left,
      retries: retries.length,
      ignored,
    }))
    assert.equal(visits, [
      { to: 'a', at: 1_000, left: 4_000, retries: 1, ignored: [] },
      { to: 'b', at: 4_000, left: undefined, retries: 0, ignored: ['consent.grant'] },
    ])
  })

  test('a transition means what its chart calls it, and else its event', () => {
    const taken = (from: string, to: string, event: string) =>
      meaningOf(pluginInstallLayout, {
        type: 'transition',
        sequence: 1,
        at: 0,
        from,
        to,
        event,
      })
    assert.is(taken('awaitConsent', 'pulling.streaming', 'consent.grant'), 'granted')
    assert.is(taken('checkPrivileges', 'done', 'done(lookUpPlugin)'), 'kept')
    assert.is(taken('checkPrivileges', 'pulling.streaming', 'done(lookUpPlugin)'), 'nothing asked')
    assert.is(taken('pulling.streaming', 'rollingBack', 'install.cancel'), 'cancelled')
    assert.is(taken('awaitConsent', 'nowhere', 'consent.grant'), 'consent.grant')
  })

  test('a run that a person stopped is not a failure', () => {
    const ended = (code: 'cancelled' | 'consent-denied' | 'timed-out') =>
      toneOf({
        transitions: [],
        outcome: {
          type: 'outcome',
          sequence: 1,
          at: 1,
          outcome: {
            state: 'rolledBack',
            failure: { code, state: 'pulling', message: '', next: '', retryable: false },
            rollback: { result: 'nothingToRemove' },
          },
        },
      })
    assert.equal(
      [ended('cancelled'), ended('consent-denied'), ended('timed-out')],
      ['stopped', 'stopped', 'bad'],
    )
    assert.is(toneOf({ transitions: [transition(1, 'rollingBack') as never] }), 'bad')
    assert.is(toneOf({ transitions: [transition(1, 'pulling') as never] }), 'working')
  })

  test('nothing has happened yet', () => {
    assert.equal(runAt([], 0), { transitions: [] })
  })
})
