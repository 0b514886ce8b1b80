import { readFile } from 'node:fs/promises'
import { allowList } from '../consent/allowList.ts'
import { parseConsentPolicy } from '../consent/consentPolicyFile.ts'
import type { ConsentPolicy } from '../types.ts'
import type { ConsentSelection } from './consentOptions.ts'
import { UsageError } from './usageError.ts'

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
  const text = await readFile(policy, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--policy ${policy}: ${UNREADABLE[error.code ?? ''] ?? error.code}`)
  })
  return read(`--policy ${policy}`, () => parseConsentPolicy(text))
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
}

function read(option: string, parse: () => ConsentPolicy): ConsentPolicy {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${option}: ${error.message}`)
    throw error
  }
}
