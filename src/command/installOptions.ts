import { defaultPolicy } from '../flow/retry/policy.ts'
import type { ConsentPolicy, GivenSetting, InstallOptions } from '../flow/types.ts'
import type { InstallCommand } from './entries/install.ts'

/** What the flow is asked to do. */
export function installOptions(
  command: InstallCommand,
  signal: AbortSignal,
  consent?: ConsentPolicy,
  secrets: readonly GivenSetting[] = [],
): InstallOptions {
  const { reference, alias, settings, disabled, grantAllPermissions, enableTimeout } = command
  return {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings: [...settings, ...secrets],
    disabled,
    grantAllPermissions,
    ...(consent === undefined ? {} : { consent }),
    ifPresent: command.ifPresent,
    enableTimeout,
    onFailure: command.keepOnFailure ? 'keep' : 'remove',
    // What the engine is told to wait comes on top of what it takes anyway.
    policy: { timeouts: { enabling: defaultPolicy.timeouts.enabling + enableTimeout * 1_000 } },
    signal,
  }
}
