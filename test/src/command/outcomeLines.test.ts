import * as assert from 'uvu/assert'
import type { InstallOutput, RollbackReport } from '../../../machines/plugin-install/types.ts'
import { outcomeLines, withHost } from '../../../src/command/outcomeLines.ts'
import { suite } from '../../support/suite.ts'

const ID = '8d90ac09fd2b'.repeat(6).slice(0, 64)

const done: InstallOutput = {
  state: 'done',
  plugin: {
    id: ID,
    name: 'vieux/sshfs:latest',
    reference: 'vieux/sshfs',
    enabled: true,
    privileges: [],
    settings: ['DEBUG=1', 'PASSWORD=secret', 'state.source=/data'],
    consent: {
      by: 'person',
      request: {
        id: 1,
        reference: 'vieux/sshfs',
        name: 'vieux/sshfs:latest',
        privileges: [],
        settings: [
          { setting: 'DEBUG=1', widens: false },
          { setting: 'PASSWORD=secret', widens: false },
          { setting: 'state.source=/data', widens: true },
        ],
      },
    },
  },
}

function rolledBack(rollback: RollbackReport): InstallOutput {
  return {
    state: 'rolledBack',
    failure: {
      code: 'enable-failed',
      state: 'enabling',
      message: 'it failed\x1b[2J',
      next: "Read the engine's words.",
      retryable: false,
    },
    rollback,
  }
}

const command = 'docker plugin rm sshfs:latest'
const ends: [rollback: RollbackReport, line: string][] = [
  [{ result: 'nothingToRemove' }, 'nothing was installed'],
  [{ result: 'removed', name: 'sshfs:latest', id: ID }, 'sshfs:latest was removed again'],
  [
    { result: 'kept', name: 'sshfs:latest', id: ID, enabled: false, command },
    'sshfs:latest was kept, disabled; to remove it: docker plugin rm sshfs:latest',
  ],
  [
    { result: 'kept', name: 'sshfs:latest', id: ID, enabled: true, command },
    'sshfs:latest was kept, enabled; to remove it: docker plugin rm sshfs:latest',
  ],
  [
    { result: 'failed', name: 'sshfs:latest', reason: 'in use\n', command },
    'sshfs:latest may be left (in use\\u{a}); to remove it: docker plugin rm sshfs:latest',
  ],
]

suite('outcomeLines', (test) => {
  test('done :: one line on stdout', () => {
    assert.equal(outcomeLines(done, undefined), {
      stdout: ['installed vieux/sshfs:latest (8d90ac09fd2b, enabled)'],
      stderr: [],
    })
    const plugin = { ...done.plugin, enabled: false }
    assert.equal(outcomeLines({ ...done, plugin }, undefined).stdout, [
      'installed vieux/sshfs:latest (8d90ac09fd2b, disabled)',
    ])
  })

  for (const [rollback, line] of ends) {
    test(`failed :: what, what to do, and what is there :: ${line}`, () => {
      assert.equal(outcomeLines(rolledBack(rollback), undefined), {
        stdout: [],
        stderr: [
          'plugin-flow: it failed\\u{1b}[2J',
          "what to do: Read the engine's words.",
          `on the engine: ${line}`,
        ],
      })
    })
  }

  test('the command to copy names the engine that was named', () => {
    const kept = rolledBack({ result: 'kept', name: 'a', id: ID, enabled: true, command })
    assert.match(
      String(outcomeLines(kept, 'tcp://10.0.0.1:2375').stderr[2]),
      /: docker --host tcp:\/\/10\.0\.0\.1:2375 plugin rm sshfs:latest$/,
    )
    assert.is(withHost(command, undefined), command)
    assert.is(
      withHost(command, "unix:///tmp/it's here/$&"),
      "docker --host 'unix:///tmp/it'\\''s here/$&' plugin rm sshfs:latest",
    )
  })
})
