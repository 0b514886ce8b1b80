import type { OptionTable, OptionValues } from './commandEntry.ts'
import { UsageError } from './usageError.ts'

/** How settings are handed in whose values nobody may see. */
export const secretOptions = {
  'set-secret': {
    type: 'string',
    multiple: true,
    value: 'KEY=@FILE',
    help: 'Set KEY to what is in a file; it is sent to the engine, and neither shown nor written down',
  },
} as const satisfies OptionTable

/** A secret setting, and the file that its value is in. */
export interface SecretFile {
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
 * @throws UsageError, which does not tell what may be a value
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
      '--set-secret takes KEY=@FILE: a value on the command line is there for everybody to see',
    )
  }
  if (path === '-') throw new UsageError('--set-secret takes a file, and not the standard input')
  return { name, path }
}
