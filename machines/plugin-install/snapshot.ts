import type { SnapshotFrom } from 'xstate'
import { statePath } from '../statePath.ts'
import type { pluginInstallMachine } from './pluginInstallMachine.ts'
import type { InstallInput, InstallOutput, Resumed } from './types.ts'

/**
 * A flow as plain data: enough for another process to take it up again. No credentials are in it;
 * the values of settings are, but for those that are secret.
 */
export interface InstallSnapshot {
  version: 2
  state: string
  /** Local name of the plugin. */
  name?: string
  input: Omit<InstallInput, 'timeouts' | 'resumed'>
  run: Resumed
  /** How it ended, once it has. */
  outcome?: InstallOutput
}

/** What another process needs to go on with a flow, or to take it back. */
export function makeSnapshot({
  value,
  context,
  output,
}: Pick<
  SnapshotFrom<typeof pluginInstallMachine>,
  'value' | 'context' | 'output'
>): InstallSnapshot {
  const { timeouts: _, resumed, ...input } = context.input
  const { ownership, enableRequested, plugin, consent, pulledDigest, failure, names } = context
  const { pullBegan } = context
  const id = plugin?.Id ?? resumed?.id
  const run: Resumed = {
    ownership,
    enableRequested,
    ...(pullBegan === undefined ? {} : { pullBegan }),
    ...(id === undefined ? {} : { id }),
    ...(consent && { consent }),
    ...(pulledDigest === undefined ? {} : { pulledDigest }),
    ...(failure && { failure }),
  }
  return {
    version: 2,
    state: statePath(value),
    ...(names && { name: names.name }),
    input,
    run,
    ...(output && { outcome: output }),
  }
}
