import { join } from 'node:path'
import { isEngineError } from '../../machines/errors.ts'
import { whenThereIsRoom } from '../../machines/shortage.ts'
import { findProgram } from '../process/findProgram.ts'
import type { ProgramRun } from '../process/runProgram.ts'
import { askHelper } from './askHelper.ts'
import { findAuthEntry } from './authEntry.ts'
import {
  type ConfigSource,
  configFolder,
  fieldOf,
  fieldsIn,
  isFields,
  parseConfig,
  readConfigFile,
  textIn,
  unlessUnusable,
  unusable,
  type Warn,
} from './configFile.ts'
import { findRegistry, type RegistryCredentials, registryKey } from './registryCredentials.ts'

export interface DockerConfigOptions {
  platform?: NodeJS.Platform
  /** Time limit of a credential helper in milliseconds. Default 30 000. */
  helperLimitMs?: number
  warn?: Warn
}

const HELPER_LIMIT_MS = 30_000
/** Names that may follow `docker-credential-`: none of them leads to another folder. */
const HELPER = /^[A-Za-z0-9][\w.+-]{0,63}$/
const DEFAULTS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'osxkeychain',
  win32: 'wincred',
  linux: 'secretservice',
}

/**
 * Finds a registry's credentials in Docker's own configuration as its command does: in the variable
 * `DOCKER_AUTH_CONFIG`; else, by `config.json`, with the credential helper of `credHelpers` or
 * `credsStore`; else in the plain `auths`. A file without any credentials settings leaves them to the
 * platform's own helper, where that exists and works. `undefined` without credentials.
 *
 * The `auths` of a registry with a configured helper are read only when the helper fails. That, and
 * every other part of the configuration that cannot be used, is passed to `warn` and no error: most
 * registries need no credentials.
 *
 * @param env where variables are read, and the environment that a helper runs in
 * @throws EngineError `cancelled` once the signal has fired
 */
export async function readDockerConfig(
  env: NodeJS.ProcessEnv,
  registry: string,
  signal: AbortSignal,
  options: DockerConfigOptions = {},
): Promise<RegistryCredentials | undefined> {
  const { platform = process.platform, helperLimitMs = HELPER_LIMIT_MS, warn = () => {} } = options
  const run: ProgramRun = { env, platform, limitMs: helperLimitMs, signal }
  const usable = <Part>(read: () => Part) => unlessUnusable(warn, undefined, read)
  const given = usable(() => credentialsInVariable(env, registry, warn))
  if (given) return given
  const config = await whenThereIsRoom(() => readConfigFile(env, warn), signal)
  if (hasNoSettings(config)) return askDefaultHelper(registry, run)
  const helper = usable(() => configuredHelper(config, registry))
  if (helper !== undefined) {
    const answer = await askConfigured(helper, registry, run, warn)
    if (answer !== 'failed') return answer
  }
  return usable(() => findAuthEntry(config, registry)?.credentials)
}

/** Docker itself requires `auth` in every entry here. */
function credentialsInVariable(
  env: NodeJS.ProcessEnv,
  registry: string,
  warn: Warn,
): RegistryCredentials | undefined {
  const name = 'the variable DOCKER_AUTH_CONFIG'
  const entry = findAuthEntry(parseConfig(env.DOCKER_AUTH_CONFIG ?? '', name, warn), registry)
  if (!entry || entry.credentials) return entry?.credentials
  throw unusable(name, `has no credentials for ${JSON.stringify(entry.key)}`)
}

async function askConfigured(
  helper: string,
  registry: string,
  run: ProgramRun,
  warn: Warn,
): Promise<RegistryCredentials | undefined | 'failed'> {
  try {
    return await askHelper(helper, registry, run)
  } catch (error) {
    if (run.signal.aborted || isExhausted(error)) throw error
    const file = join(configFolder(run.env), 'config.json')
    const message = `${(error as Error).message}; it is ignored: repair it, or remove it from ${file}`
    warn({ code: 'credential-helper', message })
    return 'failed'
  }
}

/**
 * The credential helper that a configuration names for a registry: that of `credHelpers`, else
 * `credsStore`, else that of a key in `credHelpers` which is not in Docker's own form. `undefined`: the
 * `auths` hold the credentials; an empty name in `credHelpers` says so for one registry.
 *
 * @throws EngineError `invalid-configuration` when it is not the name of a helper
 */
function configuredHelper(config: ConfigSource, registry: string): string | undefined {
  const helpers = fieldsIn(config, 'credHelpers')
  const store = textIn(config.fields, 'credsStore', config.name)
  const key = findRegistry(helpers, registry)
  if (key === undefined || (key !== registryKey(registry) && store !== '')) {
    return checked(store, 'credsStore', config)
  }
  const helper = textIn(helpers, key, config.name)
  return checked(helper, `credHelpers of ${JSON.stringify(key)}`, config)
}

function checked(helper: string, where: string, { name }: ConfigSource): string | undefined {
  if (helper === '' || HELPER.test(helper)) return helper || undefined
  throw unusable(name, `cannot be used: ${where} is not the name of a credential helper`)
}

/** True for a configuration without any setting of credentials. */
function hasNoSettings({ fields }: ConfigSource): boolean {
  return ['auths', 'credHelpers', 'credsStore'].every((name) => {
    const value = fieldOf(fields, name)
    return !value || (isFields(value) && Object.keys(value).length === 0)
  })
}

/** The helper was not configured, so a missing or failing one counts as no credentials. */
async function askDefaultHelper(
  registry: string,
  run: ProgramRun,
): Promise<RegistryCredentials | undefined> {
  const helper = await defaultHelper(run.env, run.platform)
  if (helper === undefined) return undefined
  try {
    return await askHelper(helper, registry, run)
  } catch (error) {
    if (run.signal.aborted || isExhausted(error)) throw error
    return undefined
  }
}

/** No fault of the helper, and without its answer the wrong credentials might be used. */
function isExhausted(error: unknown): boolean {
  return isEngineError(error) && error.code === 'host-exhausted'
}

/** The credential helper that Docker's command uses where none is configured. It may not exist. */
async function defaultHelper(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  if (platform === 'linux' && (await findProgram('pass', env, platform))) return 'pass'
  return DEFAULTS[platform]
}
