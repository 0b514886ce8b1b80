import type { Plugin } from '../plugin.ts'
import type { RollbackReport } from './types.ts'

interface Named {
  /** Local name of the plugin. */
  name: string
}

/** The one command that removes what is left. */
export function removeCommand(name: string, force: boolean): string {
  return `docker plugin rm ${force ? '--force ' : ''}${name}`
}

export function removed({ name }: Named, id: string): RollbackReport {
  return { result: 'removed', name, id }
}

export function kept({ Name: name, Id: id, Enabled: enabled }: Plugin): RollbackReport {
  return { result: 'kept', name, id, enabled, command: removeCommand(name, enabled) }
}

export function enabledByOthers({ Name: name, Id: id }: Plugin): RollbackReport {
  const reason = 'somebody else has enabled it meanwhile'
  return { result: 'failed', name, id, reason, command: removeCommand(name, true) }
}

export function failed(
  { name, enableRequested }: Named & { enableRequested: boolean },
  reason: string,
  id?: string,
): RollbackReport {
  const command = removeCommand(name, enableRequested)
  return { result: 'failed', name, reason, command, ...(id === undefined ? {} : { id }) }
}
