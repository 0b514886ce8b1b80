import { parseArgs } from 'node:util'
import type { CommandEntry, OptionTable, PreparedCommand } from './commandEntry.ts'
import { commandTable, commonOptions, findCommand } from './commandTable.ts'
import { UsageError } from './usageError.ts'

export type Command =
  | { kind: 'version' }
  /** Without a command: help with all of them. */
  | { kind: 'help'; command: CommandEntry | undefined }
  | { kind: 'run'; command: CommandEntry; prepared: PreparedCommand }
  /** `message`: one sentence that says what is wrong; it quotes what was typed. */
  | { kind: 'usage'; message: string; command: CommandEntry | undefined }

/** Reads the arguments. Options may stand anywhere; `--` ends them. */
export function parseCommand(argv: readonly string[]): Command {
  const words = positionalsOf(argv)
  const command = findCommand(words)
  const asked = askedFor(argv)
  if (asked === 'version') return { kind: 'version' }
  if (asked === 'help') return { kind: 'help', command }
  try {
    if (!command) throw new UsageError(noCommand(words, commandTable))
    return { kind: 'run', command, prepared: command.prepare(argv) }
  } catch (error) {
    return { kind: 'usage', message: usageMessage(error), command }
  }
}

/** Whoever asks for help gets it, whatever else is on the line. */
function askedFor(argv: readonly string[]): 'help' | 'version' | undefined {
  const options = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (options.some((option) => option === '--help' || option === '-h')) return 'help'
  return options.some((option) => option === '--version' || option === '-v') ? 'version' : undefined
}

/** What is no option and no option's value; options mean the same in every command. */
function positionalsOf(argv: readonly string[]): string[] {
  const all: OptionTable = Object.assign({}, ...commandTable.map(({ options }) => options))
  const options = { ...all, ...commonOptions }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true }).positionals
}

/** What words that name no command lack. */
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

/** What is wrong with the arguments. Errors that say something else are thrown on. */
export function usageMessage(error: unknown): string {
  if (error instanceof UsageError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS_')) return firstSentence((error as Error).message)
  throw error
}

/** The rest of it explains how to quote for other commands than this one. */
function firstSentence(message: string): string {
  const [sentence = ''] = message.split(/\.?(?:\n|$)|\. /, 1)
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
