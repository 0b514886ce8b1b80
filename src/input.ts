import type { InstallInput, Timeouts } from '../machines/plugin-install/types.ts'
import type { InstallOptions } from './types.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** The defaults of `timeouts`, in milliseconds. */
export const defaultTimeouts: Readonly<Timeouts> = {
  checkPrivileges: 2 * MINUTE,
  reauth: 15 * MINUTE,
  awaitConsent: 30 * MINUTE,
  pulling: 60 * MINUTE,
  configuring: MINUTE,
  enabling: 3 * MINUTE,
  rollingBack: MINUTE,
}

/** What a host wrote, with the defaults filled in. */
export function toInput(options: InstallOptions): InstallInput {
  const { reference, alias, settings = [] } = options
  return {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings: Array.isArray(settings)
      ? [...settings]
      : Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    disabled: options.disabled ?? false,
    grantAllPermissions: options.grantAllPermissions ?? false,
    ifPresent: options.ifPresent ?? 'fail',
    onFailure: options.onFailure ?? 'remove',
    enableTimeout: options.enableTimeout ?? 0,
    credentialsAttempts: options.credentialsAttempts ?? 3,
    timeouts: fillTimeouts(options.timeouts),
  }
}

export function fillTimeouts(timeouts: Partial<Timeouts> = {}): Timeouts {
  return { ...defaultTimeouts, ...timeouts }
}
