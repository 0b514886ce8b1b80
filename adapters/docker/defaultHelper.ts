import type { Env } from '../process/env.ts'
import { findProgram } from '../process/findProgram.ts'

const DEFAULTS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'osxkeychain',
  win32: 'wincred',
  linux: 'secretservice',
}

/**
 * The credential helper that Docker's command uses where its configuration says nothing of
 * credentials. It need not be there.
 */
export async function defaultHelper(
  env: Env,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  if (platform === 'linux' && (await findProgram('pass', env, platform))) return 'pass'
  return DEFAULTS[platform]
}
