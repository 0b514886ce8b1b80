import { EngineError } from '../../machines/errors.ts'
import { makeFailure } from '../../machines/failure.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import { readSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallInput, Resumed } from '../../machines/plugin-install/types.ts'
import { isSecret, keyOf } from '../../machines/settings.ts'
import { completePolicy } from './retry/policy.ts'
import { startFlow } from './startFlow.ts'
import type { Engine, PluginInstall, ResumeOptions } from './types.ts'

/**
 * Takes a run up again that another process began. It asks the engine what is true now, and goes on
 * or rolls back from there: nothing is pulled, set or enabled again before it was looked at. A run
 * that was being taken back is taken back further; one that has ended tells its end.
 *
 * @throws RangeError when the snapshot is none; EngineError `invalid-option` when the run may still set
 * secret settings and their values are not there, which changes nothing: it can be resumed with them; or
 * when the policy cannot be used
 */
export function resumeInstall(
  engine: Engine,
  snapshot: InstallSnapshot,
  options: ResumeOptions = {},
): PluginInstall {
  const input = toResumedInput(snapshot, options)
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  if (!input.resumed.failure && !snapshot.outcome) checkSecrets(secretNames(snapshot), values)
  return startFlow(engine, input, options, values)
}

/** The run as it was asked for, with what is known of it. A snapshot holds no policy. */
export function toResumedInput(
  snapshot: InstallSnapshot,
  { rollBack, policy }: Pick<ResumeOptions, 'rollBack' | 'policy'>,
): InstallInput & { resumed: Resumed } {
  const { input, run, state } = readSnapshot(snapshot)
  const failure = makeFailure('cancelled', state.split('.')[0] ?? state)
  const resumed = rollBack && !run.failure ? { ...run, failure } : run
  return { ...input, timeouts: completePolicy(policy).timeouts, resumed }
}

/** The settings of a run whose values its snapshot does not hold. */
export function secretNames({ input }: InstallSnapshot): string[] {
  return input.settings.filter(isSecret).map(keyOf)
}

function checkSecrets(names: readonly string[], values: ReadonlyMap<string, string>): void {
  const missing = names.filter((name) => typeof values.get(name) !== 'string')
  if (missing.length === 0) return
  throw new EngineError(
    'invalid-option',
    `the run has secret settings whose values were not kept: hand in ${missing.join(', ')} (secretSettings), or take the run back (rollBack)`,
  )
}
