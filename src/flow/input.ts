import type { InstallInput } from '../../machines/plugin-install/types.ts'
import { completePolicy } from './retry/policy.ts'
import { readSettings } from './secrets/readSettings.ts'
import type { InstallOptions } from './types.ts'

/**
 * What a host wrote, with the defaults filled in, and without the values of secret settings.
 *
 * @throws EngineError `invalid-setting` where the settings cannot be read, `invalid-option` where the
 * policy cannot be used
 */
export function toInput(options: InstallOptions): InstallInput {
  const { reference, alias } = options
  return {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings: readSettings(options.settings).settings,
    disabled: options.disabled ?? false,
    grantAllPermissions: options.grantAllPermissions ?? false,
    ifPresent: options.ifPresent ?? 'fail',
    onFailure: options.onFailure ?? 'remove',
    enableTimeout: options.enableTimeout ?? 0,
    credentialsAttempts: options.credentialsAttempts ?? 3,
    timeouts: completePolicy(options.policy).timeouts,
  }
}
