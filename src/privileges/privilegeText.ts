import type { Difference } from '../../machines/errors.ts'
import type { PluginPrivilege } from '../../machines/plugin.ts'
import { asWord, asWords } from '../text/visible.ts'

/**
 * A privilege as Docker's own command lists it: `network: [host]`. The plugin's author chooses the values: one that
 * could be taken for another privilege is in quotes.
 */
export function privilegeText({ Name, Value }: PluginPrivilege): string {
  return `${asWords(Name)}: [${listed(Value)}]`
}

/** Docker shows an empty value by nothing, which cannot be seen among others. */
function listed(values: readonly string[]): string {
  if (values.length === 1) return values.map(asWord).join('')
  return values.map((value) => asWord(value) || '""').join(' ')
}

/** A privilege or digest that was granted and not found (`-`), or found and not granted (`+`). */
export interface DifferenceLine {
  sign: '-' | '+'
  text: string
}

export function differenceLines(difference: Difference = {}): DifferenceLine[] {
  const { added = [], removed = [], digests } = difference
  const line = (sign: DifferenceLine['sign']) => (text: string) => ({ sign, text })
  return [
    ...removed.map(privilegeText).map(line('-')),
    ...added.map(privilegeText).map(line('+')),
    ...(digests ? [line('-')(digests.granted), line('+')(digests.found)] : []),
  ]
}
