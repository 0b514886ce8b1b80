import type { Run } from './commandEntry.ts'
import { findCommand } from './commandTable.ts'
import { helpText } from './help.ts'
import { UsageError } from './usageError.ts'

/** `plugin-flow help`, of one command or of all of them. */
export const showHelp: Run<readonly string[]> = async (words, _surroundings, { stdout }) => {
  const command = findCommand(words)
  if (!command && words.length > 0) throw new UsageError(`there is no command "${words.join(' ')}"`)
  stdout.write(helpText(command, stdout.stream.columns))
  return 0
}
