import { makeFailure } from '../../machines/failure.ts'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallInput, Resumed } from '../../machines/plugin-install/types.ts'
import { completePolicy } from './retry/policy.ts'
import { type ParsedSettings, parseSettings } from './secrets/parseSettings.ts'
import type { InstallOptions, ResumeOptions } from './types.ts'

/**
 * The input of the machine, with the defaults filled in, and apart from it the values of secret settings.
 *
 * @throws EngineError `invalid-setting` where a setting is invalid, `invalid-option` where the policy is
 */
export function toInput(
  options: InstallOptions,
): Pick<ParsedSettings, 'values'> & { input: InstallInput } {
  const { reference, alias } = options
  const { settings, values } = parseSettings(options.settings)
  const input: InstallInput = {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings,
    disabled: options.disabled ?? false,
    grantAllPermissions: options.grantAllPermissions ?? false,
    ifPresent: options.ifPresent ?? 'fail',
    onFailure: options.onFailure ?? 'remove',
    enableTimeout: options.enableTimeout ?? 0,
    credentialsAttempts: options.credentialsAttempts ?? 3,
    timeouts: completePolicy(options.policy).timeouts,
  }
  return { input, values }
}

/** The run as it was asked for, with what is known of it. A snapshot holds no policy. */
export function toResumedInput(
  { input, run, state }: InstallSnapshot,
  { rollBack, policy }: Pick<ResumeOptions, 'rollBack' | 'policy'>,
): InstallInput & { resumed: Resumed } {
  const failure = makeFailure('cancelled', state.split('.')[0] ?? state)
  const resumed = rollBack && !run.failure ? { ...run, failure } : run
  return { ...input, timeouts: completePolicy(policy).timeouts, resumed }
}
