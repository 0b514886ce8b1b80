import * as assert from 'uvu/assert'
import type { RollbackReport } from '../../../machines/plugin-install/types.ts'
import { onEngine, outcomeLines } from '../../../src/command/install/outcome.ts'
import { suite } from '../../support/suite.ts'
import { done, rolledBack } from './views.ts'

const ID = done.plugin.id
const command = 'docker plugin rm sshfs:latest'
const ends: [rollback: RollbackReport, line: string][] = [
  [{ result: 'nothingToRemove' }, 'nothing was installed'],
  [{ result: 'removed', name: 'sshfs:latest', id: ID }, 'sshfs:latest was removed again'],
  [
    { result: 'kept', name: 'sshfs:latest', id: ID, enabled: false, command },
    'sshfs:latest was kept, disabled; to remove it: plugin-flow rm sshfs:latest',
  ],
  [
    { result: 'kept', name: 'sshfs:latest', id: ID, enabled: true, command },
    'sshfs:latest was kept, enabled; to remove it: plugin-flow rm sshfs:latest',
  ],
  [
    { result: 'failed', name: 'sshfs:latest', reason: 'in use\n', command },
    'sshfs:latest may be left (in use\\u{a}); to remove it: plugin-flow rm sshfs:latest',
  ],
]

suite('outcomeLines', (test) => {
  test('done :: one line on stdout', () => {
    assert.equal(outcomeLines(done, {}), {
      stdout: ['installed vieux/sshfs:latest (8d90ac09fd2b, enabled)'],
      stderr: [],
    })
    const plugin = { ...done.plugin, enabled: false }
    assert.equal(outcomeLines({ ...done, plugin }, {}).stdout, [
      'installed vieux/sshfs:latest (8d90ac09fd2b, disabled)',
    ])
  })

  for (const [rollback, line] of ends) {
    test(`failed :: what, what to do, and what is there :: ${line}`, () => {
      assert.equal(outcomeLines(rolledBack(rollback), {}), {
        stdout: [],
        stderr: [
          'plugin-flow: it failed\\u{1b}[2J',
          "what to do: Read the engine's words.",
          `on the engine: ${line}`,
        ],
      })
    })
  }

  test("the engine's own words :: last, unless the message ends in them", () => {
    const { failure, rollback } = rolledBack({ result: 'nothingToRemove' })
    const linesOf = (message: string, engineMessage: string) =>
      outcomeLines(
        { state: 'rolledBack', failure: { ...failure, message, engineMessage }, rollback },
        {},
      ).stderr.slice(3)
    assert.equal(linesOf('it failed', 'the moon\nis full'), ['the engine said: the moon is full'])
    assert.equal(linesOf('it failed: the moon is full', 'the moon\nis full'), [])
  })

  test('failed :: what was found beside what was granted', () => {
    const outcome = rolledBack({ result: 'nothingToRemove' })
    const privilege = (Name: string, ...Value: string[]) => ({ Name, Description: '', Value })
    const difference = {
      added: [privilege('mount', '/\n')],
      removed: [privilege('mount', '/var/lib/x')],
      digests: { granted: 'sha256:a', found: 'sha256:b' },
    }
    const failure = { ...outcome.failure, difference }
    assert.equal(outcomeLines({ ...outcome, failure }, {}).stderr.slice(1, 5), [
      '  - mount: [/var/lib/x]',
      '  + mount: ["/\\u{a}"]',
      '  - sha256:a',
      '  + sha256:b',
    ])
  })

  test('the command to copy names the engine that was named', () => {
    const kept = rolledBack({ result: 'kept', name: 'a', id: ID, enabled: true, command })
    assert.match(
      String(outcomeLines(kept, { host: 'tcp://10.0.0.1:2375' }).stderr[2]),
      /: plugin-flow rm --host tcp:\/\/10\.0\.0\.1:2375 sshfs:latest$/,
    )
    assert.is(onEngine(command, {}), 'plugin-flow rm sshfs:latest')
    assert.is(
      onEngine('docker plugin rm --force a', { context: 'far', proxy: true }),
      'plugin-flow rm --context far --proxy --force a',
    )
    assert.is(
      onEngine(command, { host: 'tcp://h', tls: { tlsverify: true, tlscacert: '/my ca.pem' } }),
      "plugin-flow rm --host tcp://h --tlsverify --tlscacert '/my ca.pem' sshfs:latest",
    )
    assert.is(
      onEngine(command, { host: "unix:///tmp/it's here/$&" }),
      "plugin-flow rm --host 'unix:///tmp/it'\\''s here/$&' sshfs:latest",
    )
  })
})
