import * as assert from 'uvu/assert'
import { lineView } from '../../../src/command/views/chooseView.ts'
import type { ShownRun } from '../../../src/command/views/view.ts'
import { suite } from '../../support/suite.ts'
import { collected, shownRun } from './collect.ts'
import { away, done, go, halfWay, left, rolledBack } from './views.ts'

suite('lineView', (test) => {
  test('a line a state, then the outcome', () => {
    const { view, out, err } = setUp({ reference: 'vieux/sshfs\x1b', settingCount: 1 })
    go(view, 'checkPrivileges', 'reauth', 'checkPrivileges', 'awaitConsent', 'pulling.streaming')
    go(view, 'pulling.verifying', 'configuring', 'enabling', 'done')
    view.outcome(done, 0)
    view.close()
    assert.equal(out(), [
      'looking up the privileges of vieux/sshfs\\u{1b}',
      'the registry requires credentials',
      'looking up the privileges of vieux/sshfs\\u{1b}',
      'waiting for consent',
      'pulling the plugin',
      'comparing what was installed with what was granted',
      'setting 1 value',
      'starting the plugin, and waiting for its socket',
      'installed vieux/sshfs:latest (8d90ac09fd2b, enabled)',
    ])
    assert.equal(err(), [])
  })

  test('a retry is a line', () => {
    const { view, out, err } = setUp()
    go(view, 'checkPrivileges')
    view.retry(away)
    assert.equal(out().slice(1), ['the connection ended\\u{1b}[2J; again in 1.5s (attempt 2 of 4)'])
    assert.equal(err(), [])
  })

  test('that the flow waits for its place is a line', () => {
    const { view, out } = setUp()
    view.queued({ ahead: 2, at: 5 })
    view.queued({ ahead: 0, at: 5 })
    assert.equal(out(), [
      'waiting for other flows of this process (2 before it)',
      'waiting for other flows of this process (next)',
    ])
  })

  test('a failure is shown on stderr', () => {
    const { view, out, err } = setUp({ settingCount: 2 })
    go(view, 'configuring', 'rollingBack', 'rolledBack')
    view.notice('SIGINT')
    view.outcome(rolledBack(left), 1)
    assert.equal(out(), ['setting 2 values', 'taking back what was installed'])
    assert.is(err().length, 4)
    assert.is(err()[0], 'SIGINT')
    assert.match(String(err()[3]), /to remove it: plugin-flow rm sshfs:latest$/)
  })

  test('a kept plugin is not said to be taken back', () => {
    const { view, out } = setUp({ keepOnFailure: true })
    go(view, 'rollingBack')
    assert.equal(out(), ['looking at what is left'])
  })

  test('at most one line of progress per second, and none without layers', () => {
    const { view, out, pass } = setUp()
    pass(5_000)
    go(view, 'pulling.streaming')
    view.progress(halfWay)
    pass(999)
    view.progress(halfWay)
    assert.is(out().length, 1)
    pass(1)
    view.progress({ ...halfWay, layers: [] })
    assert.is(out().length, 1)
    view.progress(halfWay)
    view.progress(halfWay)
    pass(400)
    view.progress(halfWay)
    assert.equal(out().slice(1), [
      'pulling: 25%, downloaded 500.0 kB of 1.0 MB, 250.0 kB/s, 2s left',
    ])
    pass(600)
    view.progress(halfWay)
    assert.is(out().length, 3)
    go(view, 'configuring')
    pass(5_000)
    view.progress(halfWay)
    assert.is(out().length, 4)
  })
})

function setUp(run: Partial<ShownRun> = {}) {
  let now = 0
  const [stdout, stderr] = [collected(), collected()]
  const linesOf = (text: string) => text.split('\n').slice(0, -1)
  return {
    view: lineView({ run: shownRun(run), stdout, stderr, now: () => now }),
    out: () => linesOf(stdout.stream.text()),
    err: () => linesOf(stderr.stream.text()),
    pass: (ms: number) => {
      now += ms
    },
  }
}
