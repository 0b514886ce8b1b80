import { changeCommands } from './commands/change.ts'
import { completionCommand } from './commands/completion.ts'
import { contextLsCommand } from './commands/contextLs.ts'
import { inspectCommand } from './commands/inspect.ts'
import { installCommand } from './commands/install.ts'
import { lsCommand } from './commands/ls.ts'
import { machineCommand } from './commands/machine.ts'
import { resumeCommand, rollbackCommand, runsCommand } from './commands/runs.ts'
import { uiCommand } from './commands/ui.ts'
import type { CommandEntry } from './defineCommand.ts'
import { helpCommand } from './help.ts'

/** Every command, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  installCommand,
  lsCommand,
  inspectCommand,
  ...changeCommands,
  contextLsCommand,
  runsCommand,
  resumeCommand,
  rollbackCommand,
  uiCommand,
  machineCommand,
  completionCommand(() => commandTable),
  helpCommand(() => commandTable),
]
