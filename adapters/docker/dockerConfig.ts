import type { Env } from '../process/env.ts'
import { askHelper } from './askHelper.ts'
import { findAuthEntry } from './authEntry.ts'
import type { RegistryCredentials } from './authHeader.ts'
import { parseConfig, unusable } from './configSource.ts'
import { configuredHelper, saysNothing } from './configuredHelper.ts'
import { defaultHelper } from './defaultHelper.ts'
import { readConfigFile } from './readConfigFile.ts'
import type { HelperRun } from './runHelper.ts'

export interface DockerConfigOptions {
  platform?: NodeJS.Platform
  /** How long a credential helper may take, in milliseconds. Default 30 000. */
  helperLimitMs?: number
}

const HELPER_LIMIT_MS = 30_000

/**
 * What Docker's own configuration holds for a registry, found as its command finds it: the variable
 * `DOCKER_AUTH_CONFIG`; else, by `config.json`, the credential helper of `credHelpers` or `credsStore`;
 * else the plain `auths`. A file that says nothing of credentials leaves them to the platform's own
 * helper, where that is there and works. `undefined`: nothing. Of a registry that a helper is
 * configured for, the `auths` are not looked at.
 *
 * @param env where variables are read, and the environment that a helper runs in
 * @throws EngineError `invalid-configuration` naming the file, the variable or the helper that cannot
 * be used; `cancelled` once the signal has fired
 */
export async function readDockerConfig(
  env: Env,
  registry: string,
  signal: AbortSignal,
  options: DockerConfigOptions = {},
): Promise<RegistryCredentials | undefined> {
  const { platform = process.platform, helperLimitMs = HELPER_LIMIT_MS } = options
  const run: HelperRun = { env, platform, limitMs: helperLimitMs, signal }
  const given = credentialsInVariable(env, registry)
  if (given) return given
  const config = await readConfigFile(env)
  const helper = configuredHelper(config, registry)
  if (helper !== undefined) return askHelper(helper, registry, run)
  if (saysNothing(config)) return askDefaultHelper(registry, run)
  return findAuthEntry(config, registry)?.credentials
}

/** Docker itself wants `auth` in every entry here. */
function credentialsInVariable(env: Env, registry: string): RegistryCredentials | undefined {
  const name = 'the variable DOCKER_AUTH_CONFIG'
  const entry = findAuthEntry(parseConfig(env.DOCKER_AUTH_CONFIG ?? '', name), registry)
  if (!entry || entry.credentials) return entry?.credentials
  throw unusable(name, `has no credentials for ${JSON.stringify(entry.key)}`)
}

/** Nobody has configured it: one that is missing or broken is none. */
async function askDefaultHelper(
  registry: string,
  run: HelperRun,
): Promise<RegistryCredentials | undefined> {
  const helper = await defaultHelper(run.env, run.platform)
  if (helper === undefined) return undefined
  try {
    return await askHelper(helper, registry, run)
  } catch (error) {
    if (run.signal.aborted) throw error
    return undefined
  }
}
