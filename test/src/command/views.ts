import type { InstallOutput, RollbackReport } from '../../../machines/plugin-install/types.ts'
import type { View } from '../../../src/command/views/view.ts'
import type { Progress, Retry } from '../../../src/index.ts'
import { parsed } from '../../support/samples.ts'

const ID = '8d90ac09fd2b'.repeat(6).slice(0, 64)

export const done: InstallOutput & { state: 'done' } = {
  state: 'done',
  plugin: {
    id: ID,
    name: 'vieux/sshfs:latest',
    reference: 'vieux/sshfs',
    enabled: true,
    changed: true,
    privileges: [],
    settings: parsed('DEBUG=1', 'PASSWORD=secret', 'state.source=/data'),
    consent: {
      by: 'person',
      who: 'operator',
      at: '2026-01-02T03:04:05.678Z',
      request: {
        id: 1,
        reference: 'vieux/sshfs',
        name: 'vieux/sshfs:latest',
        privileges: [],
        settings: [
          { name: 'DEBUG', value: '1', widens: false },
          { name: 'PASSWORD', value: 'secret', widens: false },
          { name: 'state', field: 'source', value: '/data', widens: true },
        ],
      },
    },
  },
}

export function rolledBack(rollback: RollbackReport): InstallOutput & { state: 'rolledBack' } {
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

/** Removed again. */
export const removed: RollbackReport = { result: 'removed', name: 'sshfs:latest', id: ID }

/** Left on the engine. */
export const left: RollbackReport = {
  result: 'failed',
  name: 'sshfs:latest',
  reason: 'in use\n',
  command: 'docker plugin rm sshfs:latest',
}

/** Half of one megabyte has come in. */
export const halfWay: Progress = {
  layers: [
    {
      id: '3f4d34328a71',
      phase: 'downloading',
      current: 500_000,
      total: 1_000_000,
      extracted: 0,
    },
  ],
  current: 500_000,
  total: 1_000_000,
  percent: 25,
  bytesPerSecond: 250_000,
  secondsLeft: 2,
}

/** The engine went away, and is asked again. */
export const away: Retry = {
  state: 'checkPrivileges',
  code: 'engine-unreachable',
  message: 'the connection ended\x1b[2J',
  attempt: 2,
  attempts: 4,
  delay: 1_500,
  at: 7,
}

/** Goes through states, one after the other. */
export function go(view: View, ...states: string[]): void {
  for (const to of states) view.transition({ to, event: { type: 'any' }, at: 0 })
}
