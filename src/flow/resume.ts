import { EngineError } from '../../machines/errors.ts'
import { readSnapshot } from '../../machines/plugin-install/readSnapshot.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import { keyOf } from '../../machines/settings.ts'
import { toResumedInput } from './input.ts'
import { startInstall } from './install.ts'
import type { Engine, PluginInstall, ResumeOptions } from './types.ts'

/**
 * Takes a run up again that another process began. It asks the engine what is true now, and goes on
 * or rolls back from there: nothing is pulled, set or enabled again before it was looked at. A run
 * that was being taken back is taken back further; one that has ended tells its end.
 *
 * @throws RangeError when the snapshot is invalid; EngineError `invalid-option` when the run may still set
 * secret settings and their values are not there, which changes nothing: it can be resumed with them; or
 * when the policy cannot be used
 */
export function resumeInstall(
  engine: Engine,
  snapshot: InstallSnapshot,
  options: ResumeOptions = {},
): PluginInstall {
  const input = toResumedInput(readSnapshot(snapshot), options)
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  if (!input.resumed.failure && !snapshot.outcome) checkSecrets(secretNames(snapshot), values)
  return startInstall(engine, options, { input, values })
}

/** The settings of a run whose values its snapshot does not hold. */
export function secretNames({ input }: InstallSnapshot): string[] {
  return input.settings.filter(({ secret }) => secret).map(keyOf)
}

function checkSecrets(names: readonly string[], values: ReadonlyMap<string, string>): void {
  const missing = names.filter((name) => typeof values.get(name) !== 'string')
  if (missing.length === 0) return
  throw new EngineError(
    'invalid-option',
    `the run has secret settings whose values were not kept: hand in ${missing.join(', ')} (secretSettings), or take the run back (rollBack)`,
  )
}
