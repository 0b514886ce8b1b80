import {
  type CommandEntry,
  commonOptions,
  findCommand,
  type OptionTable,
  type PreparedCommand,
} from './defineCommand.ts'
import { didYouMean, scanOptions, UsageError } from './parseOptions.ts'

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

/** Says why words name no command. */
export function noCommand(
  [first, second]: readonly string[],
  commands: readonly Pick<CommandEntry, 'name' | 'aliases'>[],
): string {
  if (first === undefined) return 'there is no command'
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const below = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.slice(first.length + 1))
  const isGroup = below.length > 0
  if (isGroup && second === undefined) return `${first} needs one of: ${below.join(', ')}`
  const typed = second === undefined ? first : `${first} ${second}`
  const hint = didYouMean(first, names) || didYouMean(typed, names)
  return `there is no command "${isGroup ? typed : first}"${hint}`
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
