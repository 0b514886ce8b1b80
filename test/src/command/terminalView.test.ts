import * as assert from 'uvu/assert'
import { terminalStyle } from '../../../src/command/views/terminal.ts'
import { terminalView } from '../../../src/command/views/terminalView.ts'
import type { ShownRun } from '../../../src/command/views/view.ts'
import { suite } from '../../support/suite.ts'
import { collected, collector, shownRun } from './collect.ts'
import { asTerminal, screenOf } from './screen.ts'
import { away, done, go, halfWay, left, removed, rolledBack } from './views.ts'

suite('terminalView', (test) => {
  test('states that are over stay, with the time they took; the current one is live', () => {
    const { view, screen, pass } = setUp()
    go(view, 'checkPrivileges')
    assert.equal(screen(), ['| looking up the privileges of acme/plain:latest  0.0s', ''])
    pass(1_330)
    go(view, 'pulling.streaming')
    assert.equal(screen(), [
      '+ looked up the privileges of acme/plain:latest  1.3s',
      '/ pulling the plugin  0.0s',
      '',
    ])
    view.close()
    assert.equal(screen(), ['+ looked up the privileges of acme/plain:latest  1.3s', ''])
  })

  test('a bar a layer while it pulls, and the sum above', () => {
    const { view, screen, pass } = setUp()
    go(view, 'pulling.streaming')
    view.progress(halfWay)
    pass(400)
    go(view, 'pulling.verifying')
    assert.equal(screen(), [
      '| pulling: 25%, downloaded 500.0 kB of 1.0 MB, 250.0 kB/s, 2s left  0.4s',
      '  3f4d34328a71  downloading  ----------...........   50%  500.0 kB of 1.0 MB',
      '',
    ])
    go(view, 'enabling')
    assert.equal(screen(), [
      '+ pulled and verified the plugin  500.0 kB  0.4s',
      '| starting the plugin, and waiting for its socket  0.0s',
      '',
    ])
    view.close()
  })

  test('a retry is shown until it begins', () => {
    const { view, screen, pass } = setUp()
    go(view, 'checkPrivileges')
    view.retry({ ...away, message: 'it went away' })
    const waiting = '| it went away; again in 1.5s (attempt 2 of 4)  0.0s'
    assert.equal(screen(), [waiting, ''])
    pass(1_500)
    view.retry({ ...away, message: 'it went away', attempt: 3, delay: 0 })
    assert.match(screen()[0] ?? '', 'looking up the privileges of acme/plain:latest  1.5s')
    go(view, 'awaitConsent', 'done')
    view.retry(away)
    view.close()
    assert.equal(screen(), [
      '+ looked up the privileges of acme/plain:latest  1.5s',
      '+ the privileges were granted  0.0s',
      '',
    ])
  })

  test('that the flow waits for its place is shown until it goes on', () => {
    const { view, screen, pass } = setUp()
    view.queued({ ahead: 2, at: 5 })
    assert.equal(screen(), [''])
    go(view, 'pulling.streaming')
    view.queued({ ahead: 2, at: 5 })
    const waiting = '| waiting for other flows of this process (2 before it)  0.0s'
    assert.equal(screen(), [waiting, ''])
    view.progress({ layers: [], current: 0, bytesPerSecond: 0 })
    pass(1_000)
    view.notice('a notice')
    assert.match(screen()[1] ?? '', 'pulling the plugin  1.0s')
    view.queued({ ahead: 2, at: 5 })
    view.retry({ ...away, message: 'it went away' })
    assert.match(screen()[1] ?? '', 'it went away; again in')
    view.close()
  })

  test('a pull that begins again begins without the layers of the first', () => {
    const { view, screen } = setUp()
    go(view, 'pulling.streaming')
    view.progress(halfWay)
    go(view, 'checkPrivileges', 'pulling.streaming')
    assert.match(screen().at(-2) ?? '', 'pulling the plugin')
    view.close()
  })

  test('the clock of a long state runs without an event', async () => {
    const { view, stdout, pass } = setUp()
    go(view, 'enabling')
    pass(12_600)
    await stdout.stream.seen('12.6s')
    view.close()
  })

  test('nothing is drawn over a question', async () => {
    const { view, stdout, screen, pass } = setUp()
    go(view, 'checkPrivileges', 'awaitConsent')
    view.asking(done.plugin.consent.request)
    stdout.write('Well? y\n')
    const asked = stdout.stream.text()
    pass(60_000)
    view.progress(halfWay)
    assert.is(stdout.stream.text(), asked)
    view.notice('a notice')
    assert.equal(screen().slice(-2), ['a notice', ''])
    go(view, 'pulling.streaming')
    assert.equal(screen(), [
      '+ looked up the privileges of acme/plain:latest  0.0s',
      'Well? y',
      'a notice',
      '| pulling: 25%, downloaded 500.0 kB of 1.0 MB, 250.0 kB/s, 2s left  0.0s',
      '  3f4d34328a71  downloading  ----------...........   50%  500.0 kB of 1.0 MB',
      '',
    ])
    view.close()
  })

  test('a step that the registry did not accept has no tick, nor has one that begins again', () => {
    const { view, screen } = setUp()
    go(view, 'checkPrivileges', 'reauth', 'checkPrivileges', 'reauth', 'checkPrivileges')
    go(view, 'pulling.streaming', 'checkPrivileges', 'rolledBack')
    view.outcome(rolledBack({ result: 'nothingToRemove' }), 1)
    const lookUp = 'looking up the privileges of acme/plain:latest  0.0s'
    assert.equal(screen().slice(0, 7), [
      `~ ${lookUp}`,
      '+ credentials were given  0.0s',
      `~ ${lookUp}`,
      '+ credentials were given  0.0s',
      '+ looked up the privileges of acme/plain:latest  0.0s',
      '~ pulling the plugin  0.0s',
      `x ${lookUp}`,
    ])
  })

  test('a failure is marked where it happened, and explained below', () => {
    const { view, screen } = setUp()
    go(view, 'checkPrivileges', 'pulling.streaming')
    view.progress(halfWay)
    go(view, 'rollingBack', 'rolledBack')
    view.outcome(rolledBack(removed), 1)
    view.close()
    assert.equal(screen(), [
      '+ looked up the privileges of acme/plain:latest  0.0s',
      'x pulling the plugin  0.0s',
      '+ took back what was installed  0.0s',
      'plugin-flow: it failed\\u{1b}[2J',
      "what to do: Read the engine's words.",
      'on the engine: sshfs:latest was removed again',
      '',
    ])
  })

  test('a rollback that failed is marked as well, and one that was not needed does not show', () => {
    const failing = setUp()
    go(failing.view, 'enabling', 'rollingBack', 'rolledBack')
    failing.view.outcome(rolledBack(left), 1)
    assert.equal(failing.screen().slice(0, 2), [
      'x starting the plugin, and waiting for its socket  0.0s',
      'x taking back what was installed  0.0s',
    ])
    const early = setUp()
    go(early.view, 'checkPrivileges', 'rolledBack')
    early.view.outcome(rolledBack({ result: 'nothingToRemove' }), 1)
    assert.equal(early.screen().slice(0, 2), [
      'x looking up the privileges of acme/plain:latest  0.0s',
      'plugin-flow: it failed\\u{1b}[2J',
    ])
  })

  test('the outcome of an install is its last line', () => {
    const { view, screen } = setUp()
    go(view, 'enabling', 'done')
    view.outcome(done, 0)
    view.close()
    assert.equal(screen(), [
      '+ started the plugin  0.0s',
      'installed vieux/sshfs:latest (8d90ac09fd2b, enabled)',
      '',
    ])
  })

  test('a notice stays above what is live, whole', () => {
    const { view, screen } = setUp()
    go(view, 'enabling')
    view.notice(`SIGINT${'!'.repeat(80)}`)
    assert.equal(screen(), [
      `SIGINT${'!'.repeat(74)}`,
      '!!!!!!',
      '| starting the plugin, and waiting for its socket  0.0s',
      '',
    ])
    view.close()
  })

  test('no line is wider than the terminal, no frame higher', () => {
    const { view, screen } = setUp({}, 30, 6)
    const layers = Array.from({ length: 9 }, (_, k) => ({ ...halfWay.layers[0], id: `layer${k}` }))
    go(view, 'pulling.streaming')
    view.progress({ ...halfWay, layers: layers as typeof halfWay.layers })
    go(view, 'pulling.verifying')
    assert.is(screen().length, 6)
    for (const line of screen()) assert.ok(line.length < 30, line)
    view.close()
  })

  test('a terminal of unknown size has 80 columns', () => {
    const { view, screen, stdout } = setUp({ reference: 'r'.repeat(200) })
    Object.assign(stdout.stream, { columns: undefined, rows: undefined })
    go(view, 'checkPrivileges')
    assert.is(screen()[0]?.length, 79)
    view.close()
  })

  test('closed, it draws no more', () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const { view } = setUp()
    go(view, 'enabling')
    assert.is(timers(), before + 1)
    view.close()
    assert.is(timers(), before)
  })
})

function setUp(run: Partial<ShownRun> = {}, columns = 80, rows = 24) {
  let now = 0
  const stdout = collected(asTerminal(collector(), columns, rows))
  const view = terminalView({
    run: shownRun(run),
    stdout,
    stderr: stdout,
    now: () => now,
    style: terminalStyle({}),
  })
  return {
    view,
    stdout,
    screen: () => screenOf(stdout.stream.text(), columns),
    pass: (ms: number) => {
      now += ms
    },
  }
}
