import { changeCommands } from './commands/change.ts'
import { completionCommand } from './commands/completion.ts'
import { contextLsCommand } from './commands/contextLs.ts'
import { inspectCommand } from './commands/inspect.ts'
import { installCommand } from './commands/install.ts'
import { lsCommand } from './commands/ls.ts'
import { machineCommand } from './commands/machine.ts'
import { rolloutPlanCommand } from './commands/rolloutPlan.ts'
import { rolloutCommands } from './commands/rollouts.ts'
import { resumeCommand, rollbackCommand, runsCommand } from './commands/runs.ts'
import { uiCommand } from './commands/ui.ts'
import { upgradeCommand } from './commands/upgrade.ts'
import { workerCommand } from './commands/worker.ts'
import {
  type CommandEntry,
  commonOptions,
  findCommand,
  noCommand,
  type OptionTable,
  type PreparedCommand,
} from './defineCommand.ts'
import { fromDocker } from './dockerCliPlugin.ts'
import { helpCommand, helpText } from './help.ts'
import { identify, versionLine } from './launcher/identify.ts'
import { scanOptions, UsageError } from './parseOptions.ts'
import { type CommandIo, createOutput, type ProcessIo, report } from './processIo.ts'

/** Every command, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  installCommand,
  upgradeCommand,
  lsCommand,
  inspectCommand,
  ...changeCommands,
  contextLsCommand,
  runsCommand,
  resumeCommand,
  rollbackCommand,
  rolloutPlanCommand,
  ...rolloutCommands,
  workerCommand,
  uiCommand,
  machineCommand,
  completionCommand(() => commandTable),
  helpCommand(() => commandTable),
]

/** Runs `plugin-flow`, and resolves to its exit status. Never rejects: an error is one line on `stderr`. */
export async function runCommand(process: ProcessIo): Promise<number> {
  const { signals } = process
  const { argv, env } = fromDocker(process)
  const io: CommandIo = {
    env,
    signals,
    get stdin() {
      return process.stdin
    },
    stdout: createOutput(process.stdout, env),
    stderr: createOutput(process.stderr, env),
  }
  try {
    return await run(argv, io)
  } catch (error) {
    report(io, `unexpected error: ${error}`)
    return 1
  } finally {
    await Promise.all([io.stdout.flush(), io.stderr.flush()])
  }
}

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { stdout } = io
  const answer = identify(argv)
  if (answer !== undefined) {
    stdout.write(answer)
    return 0
  }
  const parsed = parseCommand(commandTable, argv)
  switch (parsed.kind) {
    case 'help':
      stdout.write(helpText(commandTable, parsed.command, stdout.stream.columns, stdout.paint))
      return 0
    case 'version':
      stdout.write(versionLine())
      return 0
    case 'usage':
      return wrongUsage(parsed.message, parsed.command, io)
    case 'run':
      try {
        return await parsed.prepared.run(io)
      } catch (error) {
        return wrongUsage(usageMessage(error), parsed.command, io)
      }
  }
}

function wrongUsage(message: string, command: CommandEntry | undefined, io: CommandIo): number {
  report(
    io,
    `${message}; see ${['plugin-flow', command?.name, '--help'].filter(Boolean).join(' ')}`,
  )
  return 2
}

export type Command =
  | { kind: 'version' }
  /** Without a command: an overview of all commands. */
  | { kind: 'help'; command: CommandEntry | undefined }
  | { kind: 'run'; command: CommandEntry; prepared: PreparedCommand }
  /** `message`: one sentence that quotes what was typed. */
  | { kind: 'usage'; message: string; command: CommandEntry | undefined }

/** Parses the arguments. Options may stand anywhere; `--` ends them. */
export function parseCommand(commands: readonly CommandEntry[], argv: readonly string[]): Command {
  const { words, asks } = scanOptions(argv, allOptions(commands))
  const command = findCommand(commands, words)
  // Even on a line that is wrong otherwise.
  if (asks('help', 'anywhere')) return { kind: 'help', command }
  if (asks('version', 'before words')) return { kind: 'version' }
  try {
    if (!command) throw new UsageError(noCommand(words, commands))
    return { kind: 'run', command, prepared: command.prepare(argv) }
  } catch (error) {
    return { kind: 'usage', message: usageMessage(error), command }
  }
}

/** Options take a value in every command that has them, or in none. */
function allOptions(commands: readonly CommandEntry[]): OptionTable {
  const all: OptionTable = Object.assign({}, ...commands.map(({ options }) => options))
  return { ...all, ...commonOptions }
}

/** Says what is wrong with the arguments. Rethrows errors that are about something else. */
export function usageMessage(error: unknown): string {
  if (error instanceof UsageError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS_')) return firstSentence((error as Error).message)
  throw error
}

/** The rest of the message of `parseArgs` explains quoting that does not apply to this command. */
function firstSentence(message: string): string {
  const [sentence = ''] = message.split(/\.?(?:\n|$)|\. /, 1)
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
