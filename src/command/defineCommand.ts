import { didYouMean, type ParsedOption, parseOptions } from './parseOptions.ts'
import type { CommandIo } from './processIo.ts'

/** An option with its description for help and completion. */
export interface OptionEntry extends ParsedOption {
  /** Placeholder of its value: `NAME`. */
  readonly value?: string
  /** One or two lines, without a full stop. */
  readonly help: string
  /** Its possible values, where they are few. */
  readonly choices?: readonly string[]
  /** Completes its value. */
  readonly completes?: 'files' | 'folders'
  /** Heading of its part of the help: `Engine`. */
  readonly group?: string
}

export type OptionTable = Readonly<Record<string, OptionEntry>>

/** Options that the help shows under a heading of their own. */
export function optionGroup<const Options extends OptionTable>(
  group: string,
  options: Options,
): Options {
  const entries = Object.entries(options).map(([name, option]) => [name, { ...option, group }])
  return Object.fromEntries(entries) as Options
}

export type OptionValues<Options extends OptionTable> = {
  readonly [Name in keyof Options]?:
    | (Options[Name]['type'] extends 'boolean'
        ? boolean
        : Options[Name] extends { readonly multiple: true }
          ? string[]
          : string)
    | undefined
}

export interface Arguments<Options extends OptionTable> {
  values: OptionValues<Options>
  /** Without the words of the command. */
  positionals: readonly string[]
}

export interface Example {
  title: string
  /** The whole command line. */
  line: string
}

export type ArgumentKind = 'commands' | 'plugins' | 'enabled plugins' | 'disabled plugins'

interface Description {
  /** One word or more: `install`, `context ls`. */
  readonly name: string
  /** Other names, as in Docker's command: `list`. */
  readonly aliases?: readonly string[]
  /** The names that other tools have for it. */
  readonly soughtAs?: readonly string[]
  /** The part after the options: `PLUGIN [KEY=VALUE...]`. */
  readonly synopsis: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly examples: readonly Example[]
  /** Paragraphs below the examples. */
  readonly notes?: string
  /** Completes its arguments: with these words, or with names of this kind. */
  readonly arguments?: readonly string[] | ArgumentKind
}

interface CommandDefinition<Options extends OptionTable, Input> extends Description {
  readonly options: Options
  /** Parses the arguments. @throws UsageError */
  read(given: Arguments<Options>): Input
  /**
   * Resolves to the exit status once everything it opened is closed. Modules that only this command needs are
   * imported here, so that help and completion do not load them.
   */
  run(input: Input, io: CommandIo): Promise<number>
}

/** A command of the table. */
export interface CommandEntry extends Description {
  readonly options: OptionTable
  /**
   * Parses the arguments, and returns the command ready to run.
   *
   * @throws UsageError, and the errors of `parseArgs`
   */
  prepare(argv: readonly string[]): PreparedCommand
}

export interface PreparedCommand {
  readonly input: unknown
  run(io: CommandIo): Promise<number>
}

/** Describes a command for help, completion and parsing. A new command needs this and its line in the table. */
export function defineCommand<const Options extends OptionTable, Input>(
  definition: CommandDefinition<Options, Input>,
): CommandEntry {
  const { read, run, ...entry } = definition
  const words = entry.name.split(' ').length
  return {
    ...entry,
    prepare(argv) {
      const { values, positionals } = parseOptions(argv, {
        ...entry.options,
        help: commonOptions.help,
      })
      const input = read({
        values: values as OptionValues<Options>,
        positionals: positionals.slice(words),
      })
      return { input, run: (io) => run(input, io) }
    },
  }
}

/** Options of the command itself. Of these, only `--help` may also follow the name of a command. */
export const commonOptions = {
  help: { type: 'boolean', short: 'h', help: 'Print help' },
  version: { type: 'boolean', short: 'v', help: 'Print the version' },
} as const satisfies OptionTable

/** The command that these words begin with, by any of its names; the longest name wins. */
export function findCommand(
  commands: readonly CommandEntry[],
  words: readonly string[],
): CommandEntry | undefined {
  const begins = (name: string) => name.split(' ').every((part, index) => words[index] === part)
  return commands
    .filter(({ name, aliases = [] }) => [name, ...aliases].some(begins))
    .toSorted((one, other) => other.name.length - one.name.length)[0]
}

/** Says why words name no command. */
export function noCommand(
  [first, second]: readonly string[],
  commands: readonly Pick<CommandEntry, 'name' | 'aliases' | 'soughtAs'>[],
): string {
  if (first === undefined) return 'there is no command'
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases])
  const below = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.slice(first.length + 1))
  const isGroup = below.length > 0
  if (isGroup && second === undefined) return `${first} needs one of: ${below.join(', ')}`
  const typed = second === undefined ? first : `${first} ${second}`
  const sought = commands.find(({ soughtAs }) => soughtAs?.includes(first))
  const hint = didYouMean(sought?.name ?? first, names) || didYouMean(typed, names)
  return `there is no command "${isGroup ? typed : first}"${hint}`
}
