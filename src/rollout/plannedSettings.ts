import { readFile } from '../../adapters/process/readFile.ts'
import { EngineError } from '../../machines/errors.ts'
import type { PlannedSetting } from '../../machines/rollout/plan.ts'
import { keyOf, namesHostPath } from '../../machines/settings.ts'

/** Linux gives a process no variable that is longer. */
const MAX_BYTES = 131_072

/**
 * Checks that this machine has the values of secret settings. They are read and dropped.
 *
 * @throws EngineError `invalid-setting` that names the variable or the file, and never a value
 */
export function checkSecrets(settings: readonly PlannedSetting[], env: NodeJS.ProcessEnv): void {
  checkPlannedSettings(settings)
  for (const setting of settings) if ('from' in setting) readSecret(setting, env)
}

/** @throws EngineError `invalid-setting` for one that is given twice, or that cannot be secret */
export function checkPlannedSettings(settings: readonly PlannedSetting[]): void {
  const keys = settings.map(keyOf)
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
  if (repeated !== undefined) throw refused(`the setting "${repeated}" is given twice`)
  for (const setting of settings) {
    if ('from' in setting && namesHostPath(setting)) {
      throw refused(
        `the setting "${keyOf(setting)}" cannot be secret: what a mount or a device is pointed at is consented to`,
      )
    }
  }
}

/**
 * The value of a secret setting on this machine.
 *
 * @throws EngineError `invalid-setting` that names the variable or the file, and never a value
 */
export function readSecret(
  from: { variable: string } | { path: string },
  env: NodeJS.ProcessEnv,
): string {
  return 'variable' in from ? readVariable(from.variable, env) : readSecretFile(from.path)
}

function readVariable(variable: string, env: NodeJS.ProcessEnv): string {
  const value = env[variable]
  if (value) return value
  throw refused(`a setting needs the variable ${variable}, which is not set on this machine`)
}

function readSecretFile(path: string): string {
  const text = readBytes(path).toString('utf8')
  // As Docker reads a password from standard input.
  const value = text.replace(/\r?\n$/, '')
  if (value !== '' && !value.includes('\0') && !value.includes('\ufffd')) return value
  throw unreadable(path, value === '' ? 'is empty' : 'is not text')
}

function readBytes(path: string): Buffer {
  try {
    return readFile(path, { most: MAX_BYTES })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw unreadable(path, `cannot be read (${code ?? message})`)
  }
}

function unreadable(path: string, why: string): EngineError {
  return refused(`a setting needs the file ${path}, which ${why}`)
}

function refused(message: string): EngineError {
  return new EngineError('invalid-setting', message)
}
