import * as assert from 'uvu/assert'
import { jsonView } from '../../../src/command/views/jsonView.ts'
import type { ShownRun } from '../../../src/command/views/view.ts'
import { suite } from '../../support/suite.ts'
import { collected, shownRun } from './collect.ts'
import { away, done, go, halfWay, left, removed, rolledBack } from './views.ts'

suite('jsonView', (test) => {
  test('transitions, as they are', () => {
    const { view, told } = setUp()
    view.transition({ to: 'checkPrivileges', event: { type: 'xstate.init' }, at: 1 })
    view.transition({ from: 'a', to: 'b', event: { type: 'install.cancel' }, at: 2 })
    assert.equal(told(), [
      { type: 'transition', to: 'checkPrivileges', event: { type: 'xstate.init' }, at: 1 },
      { type: 'transition', from: 'a', to: 'b', event: { type: 'install.cancel' }, at: 2 },
    ])
  })

  test('progress at most ten times a second, and the newest before anything else', () => {
    const { view, told, pass } = setUp()
    const at = (current: number) => view.progress({ ...halfWay, current })
    at(1)
    at(2)
    pass(99)
    at(3)
    assert.equal(told(), [{ type: 'progress', ...halfWay, current: 1 }])
    pass(1)
    at(4)
    at(5)
    at(6)
    go(view, 'enabling')
    go(view, 'done')
    assert.equal(
      told().map(({ type, current, to }) => [type, current ?? to]),
      [
        ['progress', 1],
        ['progress', 4],
        ['progress', 6],
        ['transition', 'enabling'],
        ['transition', 'done'],
      ],
    )
  })

  test('a retry is shown as it is, after the newest progress', () => {
    const { view, told } = setUp()
    view.progress(halfWay)
    view.progress({ ...halfWay, current: 7 })
    view.retry(away)
    assert.equal(told().slice(1), [
      { type: 'progress', ...halfWay, current: 7 },
      { type: 'retry', ...away },
    ])
  })

  test('that the flow waits for its place is shown as it is, after the newest progress', () => {
    const { view, told } = setUp()
    view.progress(halfWay)
    view.progress({ ...halfWay, current: 7 })
    view.queued({ ahead: 2, at: 5 })
    assert.equal(told().slice(1), [
      { type: 'progress', ...halfWay, current: 7 },
      { type: 'queued', ahead: 2, at: 5 },
    ])
  })

  test('credentials are asked for', () => {
    const { view, told } = setUp()
    view.asking({ registry: 'r.example', attempt: 2, reason: 'refused' })
    assert.equal(told(), [
      { type: 'credentials', registry: 'r.example', attempt: 2, reason: 'refused' },
    ])
  })

  test('consent is asked for without the values of settings, but those consented to', () => {
    const { view, told } = setUp()
    view.progress(halfWay)
    view.progress({ ...halfWay, current: 7 })
    view.asking(done.plugin.consent.request)
    assert.equal(told().slice(2), [
      {
        type: 'consent',
        ...done.plugin.consent.request,
        settings: [
          { setting: 'DEBUG', widens: false },
          { setting: 'PASSWORD', widens: false },
          { setting: 'state.source=/data', widens: true },
        ],
      },
    ])
  })

  test('the outcome has all of it, without the values of settings', () => {
    const { view, told, stdout, stderr } = setUp()
    view.outcome(done, 0)
    view.close()
    const [outcome] = told()
    assert.equal(Object.keys(outcome ?? {}), ['type', 'state', 'plugin', 'exitCode'])
    assert.equal(
      { ...outcome?.plugin, settings: undefined, consent: undefined },
      { ...done.plugin, settings: undefined, consent: undefined },
    )
    assert.equal(outcome?.plugin.settings, ['DEBUG', 'PASSWORD', 'state.source=/data'])
    assert.is(outcome?.plugin.consent.by, 'person')
    assert.is(outcome?.exitCode, 0)
    assert.not.match(stdout(), 'secret')
    assert.is(stderr(), '')
  })

  test('a failure is shown to programs on stdout, and to people on stderr', () => {
    const { view, told, stderr } = setUp()
    view.notice('SIGINT')
    view.outcome(rolledBack(removed), 130)
    assert.equal(told(), [{ type: 'outcome', ...rolledBack(removed), exitCode: 130 }])
    assert.is(stderr().split('\n').length, 5)
    assert.ok(stderr().startsWith('SIGINT\nplugin-flow: it failed\\u{1b}[2J\n'))
  })

  test('the command to copy names the engine that was named', () => {
    const { view, told } = setUp({ host: 'tcp://h:1' })
    view.outcome(rolledBack(left), 1)
    assert.is(told()[0]?.rollback.command, 'plugin-flow rm --host tcp://h:1 sshfs:latest')
  })
})

function setUp(run: Partial<ShownRun> = {}) {
  let now = 0
  const [stdout, stderr] = [collected(), collected()]
  const lines = () => stdout.stream.text().split('\n').slice(0, -1)
  return {
    view: jsonView({ run: shownRun(run), stdout, stderr, now: () => now }),
    told: () => lines().map((line) => JSON.parse(line)),
    stdout: () => stdout.stream.text(),
    stderr: () => stderr.stream.text(),
    pass: (ms: number) => {
      now += ms
    },
  }
}
