import { readFile } from 'node:fs/promises'
import { allowList } from '../flow/consent/allowList.ts'
import { parseConsentPolicy } from '../flow/consent/consentPolicyFile.ts'
import type { ConsentPolicy } from '../flow/types.ts'
import type { ConsentSelection } from './consentOptions.ts'
import { UsageError } from './usageError.ts'
import { whyUnreadable } from './whyUnreadable.ts'

/**
 * The policy that answers in place of a person. `undefined`: a person is asked.
 *
 * @throws UsageError that names the pattern, or the file and the rule, that cannot be used
 */
export async function readPolicy({
  allow,
  policy,
}: ConsentSelection): Promise<ConsentPolicy | undefined> {
  if (allow) return read('--allow', () => allowList(allow))
  if (policy === undefined) return undefined
  const text = await readFile(policy, 'utf8').catch((error: unknown) => {
    throw new UsageError(`--policy ${policy}: ${whyUnreadable(error)}`)
  })
  return read(`--policy ${policy}`, () => parseConsentPolicy(text))
}

/** With its answers it tells by which option they were given. */
function read(option: string, parse: () => ConsentPolicy): ConsentPolicy {
  try {
    const policy = parse()
    return async (request, signal) => {
      const answer = await policy(request, signal)
      const { who, ...decision } = typeof answer === 'boolean' ? { granted: answer } : answer
      return { ...decision, who: who === undefined ? option : `${option} (${who})` }
    }
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${option}: ${error.message}`)
    throw error
  }
}
