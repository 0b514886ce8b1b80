import type { InstallOutput, RollbackReport } from '../../machines/plugin-install/types.ts'
import { visible } from '../text/visible.ts'
import type { EngineSelection } from './engineOptions.ts'

/** The lines that tell a person how it ended, for `stdout` and for `stderr`. */
export function outcomeLines(
  outcome: InstallOutput,
  engine: EngineSelection,
): { stdout: string[]; stderr: string[] } {
  if (outcome.state === 'done') {
    const { name, id, enabled, changed } = outcome.plugin
    const what = `(${visible(id.slice(0, 12))}, ${enabled ? 'enabled' : 'disabled'})`
    const line = changed
      ? `installed ${visible(name)} ${what}`
      : `${visible(name)} is installed already ${what}: nothing was changed`
    return { stdout: [line], stderr: [] }
  }
  const { failure, rollback } = outcome
  return {
    stdout: [],
    stderr: [
      `plugin-flow: ${visible(failure.message)}`,
      `what to do: ${visible(failure.next)}`,
      `on the engine: ${visible(describeRollback(rollback, engine))}`,
    ],
  }
}

function describeRollback(rollback: RollbackReport, engine: EngineSelection): string {
  switch (rollback.result) {
    case 'nothingToRemove':
      return 'nothing was installed'
    case 'removed':
      return `${rollback.name} was removed again`
    case 'kept': {
      const state = rollback.enabled ? 'enabled' : 'disabled'
      return `${rollback.name} was kept, ${state}; to remove it: ${onEngine(rollback.command, engine)}`
    }
    case 'failed':
      return `${rollback.name} may be left (${rollback.reason}); to remove it: ${onEngine(rollback.command, engine)}`
  }
}

/** A command that is copied must reach the engine that this one was told to use. */
export function onEngine(command: string, { host, context, tls }: EngineSelection): string {
  const options = Object.entries({ host, context, ...tls }).map(([name, value]) => {
    if (value === undefined || value === false) return ''
    return `--${name} ${value === true ? '' : `${quoted(value)} `}`
  })
  return command.replace(/^docker /, () => `docker ${options.join('')}`)
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
