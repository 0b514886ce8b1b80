import { parseArgs } from 'node:util'
import {
  type CommandEntry,
  commonOptions,
  findCommand,
  type OptionTable,
  type PreparedCommand,
  UsageError,
} from './defineCommand.ts'

export type Command =
  | { kind: 'version' }
  /** Without a command: an overview of all commands. */
  | { kind: 'help'; command: CommandEntry | undefined }
  | { kind: 'run'; command: CommandEntry; prepared: PreparedCommand }
  /** `message`: one sentence that quotes what was typed. */
  | { kind: 'usage'; message: string; command: CommandEntry | undefined }

/** Parses the arguments. Options may stand anywhere; `--` ends them. */
export function parseCommand(commands: readonly CommandEntry[], argv: readonly string[]): Command {
  const words = positionalsOf(commands, argv)
  const command = findCommand(commands, words)
  const asked = askedFor(argv)
  if (asked === 'version') return { kind: 'version' }
  if (asked === 'help') return { kind: 'help', command }
  try {
    if (!command) throw new UsageError(noCommand(words, commands))
    return { kind: 'run', command, prepared: command.prepare(argv) }
  } catch (error) {
    return { kind: 'usage', message: usageMessage(error), command }
  }
}

/** `--help` and `--version` count wherever they stand, even on a line that is wrong otherwise. */
function askedFor(argv: readonly string[]): 'help' | 'version' | undefined {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (options.some((option) => option === '--help' || option === '-h')) return 'help'
  return options.some((option) => option === '--version' || option === '-v') ? 'version' : undefined
}

/** The arguments that are neither options nor their values. Options mean the same in every command. */
function positionalsOf(commands: readonly CommandEntry[], argv: readonly string[]): string[] {
  const all: OptionTable = Object.assign({}, ...commands.map(({ options }) => options))
  const options = { ...all, ...commonOptions }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true }).positionals
}

/** Says why words name no command. */
export function noCommand(
  [first, second]: readonly string[],
  commands: readonly Pick<CommandEntry, 'name'>[],
): string {
  if (first === undefined) return 'there is no command'
  const below = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.slice(first.length + 1))
  if (below.length === 0) return `there is no command "${first}"`
  if (second === undefined) return `${first} needs one of: ${below.join(', ')}`
  return `there is no command "${first} ${second}"`
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
