import type { CommandEntry, OptionTable } from './commandEntry.ts'
import { installEntry } from './entries/install.ts'

/** Every command, in the order in which help lists them. */
export const commandTable: readonly CommandEntry[] = [installEntry]

/** What every command takes besides its own options. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', help: 'Print help' },
  version: { type: 'boolean', short: 'v', help: 'Print the version' },
} as const satisfies OptionTable

/** The command that these words begin with, by any of its names. */
export function findCommand(words: readonly string[]): CommandEntry | undefined {
  return commandTable.find(({ name, aliases = [] }) =>
    [name, ...aliases].some((known) => {
      const parts = known.split(' ')
      return parts.every((part, index) => words[index] === part)
    }),
  )
}
