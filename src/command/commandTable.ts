import type { CommandEntry, OptionTable } from './commandEntry.ts'
import { completionEntry } from './entries/completion.ts'
import { contextLsEntry } from './entries/contextLs.ts'
import { disableEntry } from './entries/disable.ts'
import { enableEntry } from './entries/enable.ts'
import { helpEntry } from './entries/help.ts'
import { inspectEntry } from './entries/inspect.ts'
import { installEntry } from './entries/install.ts'
import { lsEntry } from './entries/ls.ts'
import { machineEntry } from './entries/machine.ts'
import { resumeEntry, rollbackEntry } from './entries/resume.ts'
import { rmEntry } from './entries/rm.ts'
import { runsEntry } from './entries/runs.ts'
import { setEntry } from './entries/set.ts'
import { uiEntry } from './entries/ui.ts'

/** Every command, in the order in which help lists them. */
export const commandTable: readonly CommandEntry[] = [
  installEntry,
  lsEntry,
  inspectEntry,
  enableEntry,
  disableEntry,
  setEntry,
  rmEntry,
  contextLsEntry,
  runsEntry,
  resumeEntry,
  rollbackEntry,
  uiEntry,
  machineEntry,
  completionEntry,
  helpEntry,
]

/** What every command takes besides its own options. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', help: 'Print help' },
  version: { type: 'boolean', short: 'v', help: 'Print the version' },
} as const satisfies OptionTable

/** The command that these words begin with, by any of its names; of several the longest. */
export function findCommand(words: readonly string[]): CommandEntry | undefined {
  const begins = (name: string) => name.split(' ').every((part, index) => words[index] === part)
  return commandTable
    .filter(({ name, aliases = [] }) => [name, ...aliases].some(begins))
    .toSorted((one, other) => other.name.length - one.name.length)[0]
}
