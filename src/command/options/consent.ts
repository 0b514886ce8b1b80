import { defined } from '../../../machines/defined.ts'
import type { ConsentPolicy } from '../../flow/types.ts'
import { type OptionValues, optionGroup } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { givenOptions, readText, unusableFile } from './values.ts'

/** Of a policy file; far more than any policy has. */
const MAX_BYTES = 1024 * 1024

/** The options that give consent without a person. */
export const consentOptions = optionGroup('Consent', {
  'grant-all-permissions': {
    type: 'boolean',
    help: 'Grant every permission that the plugin requests, without asking',
  },
  allow: {
    type: 'string',
    multiple: true,
    value: 'NAME:VALUE',
    help: "Grant this, as in 'mount:/var/lib/*' or capabilities:CAP_SYS_ADMIN, and deny everything else without asking",
  },
  policy: {
    type: 'string',
    value: 'FILE',
    completes: 'files',
    help: 'Grant what a policy file allows by reference or digest, and deny everything else without asking',
  },
})

export interface ConsentSelection {
  grantAllPermissions: boolean
  /** Patterns of privileges that are granted. */
  allow?: readonly string[]
  /** Path of a policy file. */
  policy?: string
  /** Of an upgrade: nothing is granted that the plugin does not have. */
  noNewPrivileges?: boolean
}

/** @throws UsageError when more than one of them is given */
export function readConsentOptions(values: OptionValues<typeof consentOptions>): ConsentSelection {
  const { 'grant-all-permissions': grantAllPermissions = false, allow, policy } = values
  const given = givenOptions(consentOptions, values)
  if (given.length > 1) {
    throw new UsageError(`${given.map((name) => `--${name}`).join(' and ')} cannot be combined`)
  }
  return { grantAllPermissions, ...defined({ allow, policy }) }
}

/**
 * The policy that answers in place of a person, or `undefined` where a person is asked.
 *
 * @throws UsageError that names the pattern, or the file and the rule, that cannot be used
 */
export async function readPolicy(command: ConsentSelection): Promise<ConsentPolicy | undefined> {
  const policy = await readGiven(command)
  if (!command.noNewPrivileges) return policy
  const { noNewPrivileges } = await import('../../flow/consent/noNewPrivileges.ts')
  return noNewPrivileges(policy)
}

async function readGiven({ allow, policy }: ConsentSelection): Promise<ConsentPolicy | undefined> {
  if (allow) {
    const { allowList } = await import('../../flow/consent/allowList.ts')
    return namedAfter('--allow', () => allowList(allow))
  }
  if (policy === undefined) return undefined
  const option = `--policy ${policy}`
  const text = readPolicyFile(option, policy)
  const { parseConsentPolicy } = await import('../../flow/consent/consentPolicyFile.ts')
  return namedAfter(option, () => parseConsentPolicy(text))
}

function readPolicyFile(option: string, path: string): string {
  try {
    return readText(path, MAX_BYTES)
  } catch (error) {
    throw unusableFile(option, error)
  }
}

/** A policy whose answers name the option that they come from. */
function namedAfter(option: string, parse: () => ConsentPolicy): ConsentPolicy {
  const policy = parsed(option, parse)
  return async (request, signal) => {
    const answer = await policy(request, signal)
    const { who, ...decision } = typeof answer === 'boolean' ? { granted: answer } : answer
    return { ...decision, who: who === undefined ? option : `${option} (${who})` }
  }
}

function parsed(option: string, parse: () => ConsentPolicy): ConsentPolicy {
  try {
    return parse()
  } catch (error) {
    throw error instanceof RangeError ? unusableFile(option, error) : error
  }
}
