import type { OptionTable, OptionValues } from './commandEntry.ts'
import { UsageError } from './usageError.ts'

/** How consent is given without a person. */
export const consentOptions = {
  'grant-all-permissions': {
    type: 'boolean',
    help: 'Grant every permission the plugin asks for, unseen',
  },
  allow: {
    type: 'string',
    multiple: true,
    value: 'NAME:VALUE',
    help: "Grant this, as in 'mount:/var/lib/*' or capabilities:CAP_SYS_ADMIN, and deny what is not allowed; nobody is asked",
  },
  policy: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'Grant what a policy file allows by reference or digest, and deny everything else; nobody is asked',
  },
} as const satisfies OptionTable

export interface ConsentSelection {
  grantAllPermissions: boolean
  /** Patterns of what is allowed, where nobody is asked. */
  allow?: readonly string[]
  /** Path of a policy file. */
  policy?: string
}

/** @throws UsageError when there is more than one answer */
export function readConsentOptions(values: OptionValues<typeof consentOptions>): ConsentSelection {
  const { allow, policy } = values
  const grantAllPermissions = values['grant-all-permissions'] ?? false
  const given = [
    ...(grantAllPermissions ? ['--grant-all-permissions'] : []),
    ...(allow === undefined ? [] : ['--allow']),
    ...(policy === undefined ? [] : ['--policy']),
  ]
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} are two answers: give one`)
  return {
    grantAllPermissions,
    ...(allow === undefined ? {} : { allow }),
    ...(policy === undefined ? {} : { policy }),
  }
}
