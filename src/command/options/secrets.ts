import type { GivenSetting } from '../../flow/types.ts'
import type { OptionTable, OptionValues } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'
import { readText, unusableFile } from './values.ts'

/** The option for settings whose values stay secret. */
export const secretOptions = {
  'set-secret': {
    type: 'string',
    multiple: true,
    value: 'KEY=@FILE',
    help: 'Set KEY to the content of a file, which is sent to the engine and never shown or recorded',
  },
} as const satisfies OptionTable

/** Linux gives a process no variable that is longer. */
const MAX_BYTES = 131_072

/** A secret setting, and the file with its value. */
interface SecretFile {
  /** `NAME[.FIELD]` */
  name: string
  path: string
}

export interface SecretSelection {
  /** Set after all other settings, in their order. */
  secrets?: readonly SecretFile[]
}

/**
 * @param settings the others, `KEY=VALUE` each
 * @throws UsageError, which never quotes what may be a secret
 */
export function readSecretOptions(
  values: OptionValues<typeof secretOptions>,
  settings: readonly string[] = [],
): SecretSelection {
  const secrets = (values['set-secret'] ?? []).map(readSecretFile)
  if (secrets.length === 0) return {}
  const names = [
    ...secrets.map(({ name }) => name),
    ...settings.map((setting) => setting.split('=', 1)[0]),
  ]
  for (const { name } of secrets) {
    if (names.filter((each) => each === name).length === 1) continue
    throw new UsageError(`the setting ${name} is given twice`)
  }
  return { secrets }
}

function readSecretFile(text: string): SecretFile {
  const [, name, path] = /^([^=]+)=@(.+)$/s.exec(text) ?? []
  if (name === undefined || path === undefined) {
    throw new UsageError(
      '--set-secret takes KEY=@FILE: a value on the command line would be visible to every user',
    )
  }
  if (path === '-') throw new UsageError('--set-secret takes a file, not standard input')
  return { name, path }
}

/**
 * Reads each file once, as text and without its last line break, and returns the values by name.
 *
 * @throws UsageError that names the option and the file that cannot be used
 */
export function readSecrets({ secrets = [] }: SecretSelection): Map<string, string> {
  const values = new Map<string, string>()
  for (const { name, path } of secrets) {
    try {
      values.set(name, readValue(path))
    } catch (error) {
      throw unusableFile(`--set-secret ${name}: ${path}`, error)
    }
  }
  return values
}

/** Settings in the order in which they are set: the secret ones last. */
export function withSecrets(
  settings: readonly string[],
  secrets: ReadonlyMap<string, string>,
): GivenSetting[] {
  const given = [...secrets].map(
    ([name, value]) => ({ setting: `${name}=${value}`, secret: true }) as const,
  )
  return [...settings, ...given]
}

function readValue(path: string): string {
  const text = readText(path, MAX_BYTES)
  if (text.includes('\0')) throw new RangeError('it is not text in UTF-8')
  // As Docker reads a password from standard input.
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw new RangeError('it is empty')
  return value
}
