import { makeFailure } from '../machines/plugin-install/failure.ts'
import type { Resumed } from '../machines/plugin-install/types.ts'
import { fillTimeouts } from './input.ts'
import { readSnapshot } from './snapshot.ts'
import { startFlow } from './startFlow.ts'
import type { Engine, InstallSnapshot, PluginInstall, ResumeOptions } from './types.ts'

/**
 * Takes a run up again that another process began. It asks the engine what is true now, and goes on
 * or rolls back from there: nothing is pulled, set or enabled again before it was looked at. A run
 * that was being taken back is taken back further; one that has ended tells its end.
 *
 * @throws RangeError when the snapshot is none
 */
export function resumeInstall(
  engine: Engine,
  snapshot: InstallSnapshot,
  options: ResumeOptions = {},
): PluginInstall {
  const { input, run, state } = readSnapshot(snapshot)
  const resumed: Resumed =
    options.rollBack && !run.failure
      ? { ...run, failure: makeFailure('cancelled', state.split('.')[0] ?? state) }
      : run
  return startFlow(engine, { ...input, timeouts: fillTimeouts(options.timeouts), resumed }, options)
}
