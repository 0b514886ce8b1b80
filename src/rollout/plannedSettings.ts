import { readFile } from '../../adapters/process/readFile.ts'
import { EngineError } from '../../machines/errors.ts'
import type { PlannedSetting } from '../../machines/rollout/plan.ts'
import { keyOf, namesHostPath } from '../../machines/settings.ts'
import type { GivenSetting } from '../flow/types.ts'

/** Linux gives a process no variable that is longer. */
const MAX_BYTES = 131_072

/**
 * The settings of a plan as a flow takes them, with the secret values that this machine has.
 *
 * @throws EngineError `invalid-setting` that names the variable or the file, and never a value
 */
export function readPlannedSettings(
  settings: readonly PlannedSetting[],
  env: NodeJS.ProcessEnv,
): GivenSetting[] {
  return settings.map((setting) => {
    const key = keyOf(setting)
    if (!('from' in setting)) {
      return setting.value === undefined ? key : `${key}=${setting.value}`
    }
    if (namesHostPath(setting)) {
      throw refused(key, 'cannot be secret: what a mount or a device is pointed at is consented to')
    }
    const value =
      setting.from === 'env'
        ? readVariable(key, setting.variable, env)
        : readSecretFile(key, setting.path)
    return { setting: `${key}=${value}`, secret: true }
  })
}

/** Checks that this machine has every secret value. @throws EngineError as `readPlannedSettings` */
export function checkSecrets(settings: readonly PlannedSetting[], env: NodeJS.ProcessEnv): void {
  const keys = settings.map(keyOf)
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
  if (repeated !== undefined) throw refused(repeated, 'is given twice')
  readPlannedSettings(settings, env)
}

function readVariable(key: string, variable: string, env: NodeJS.ProcessEnv): string {
  const value = env[variable]
  if (value) return value
  throw refused(key, `needs the variable ${variable}, which is not set on this machine`)
}

function readSecretFile(key: string, path: string): string {
  const text = readBytes(key, path).toString('utf8')
  // As Docker reads a password from standard input.
  const value = text.replace(/\r?\n$/, '')
  if (value !== '' && !value.includes('\0') && !value.includes('\ufffd')) return value
  throw refused(key, `needs the file ${path}, which is ${value === '' ? 'empty' : 'not text'}`)
}

function readBytes(key: string, path: string): Buffer {
  try {
    return readFile(path, { most: MAX_BYTES })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw refused(key, `needs the file ${path}, which cannot be read (${code ?? message})`)
  }
}

function refused(key: string, why: string): EngineError {
  return new EngineError('invalid-setting', `the setting "${key}" ${why}`)
}
