import { parseArgs } from 'node:util'
import type { Output } from './output.ts'
import type { Surroundings } from './surroundings.ts'

/** An option as `parseArgs` takes it, and as help and completion tell it. */
export interface OptionEntry {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: true
  /** What its value is called: `NAME`. */
  readonly value?: string
  /** One or two lines, without a full stop. */
  readonly help: string
  /** Its values, where they are few. */
  readonly choices?: readonly string[]
  /** What its value can be completed with. */
  readonly completes?: 'files' | 'folders'
}

export type OptionTable = Readonly<Record<string, OptionEntry>>

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

export interface Outputs {
  stdout: Output
  stderr: Output
}

/** Resolves to the exit status. Everything it opened is closed by then. */
export type Run<Input> = (
  input: Input,
  surroundings: Surroundings,
  outputs: Outputs,
) => Promise<number>

export interface Example {
  /** What it does. */
  title: string
  /** The command line, whole. */
  line: string
}

export type ArgumentKind = 'commands' | 'plugins' | 'enabled plugins' | 'disabled plugins'

interface Description {
  /** One word or more: `install`, `context ls`. */
  readonly name: string
  /** Other names, as Docker's own command has them: `list`. */
  readonly aliases?: readonly string[]
  /** What follows the options: `PLUGIN [KEY=VALUE...]`. */
  readonly synopsis: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly examples: readonly Example[]
  /** What else is to be known: paragraphs below the examples. */
  readonly notes?: string
  /** What its arguments can be completed with: these words, or what is there. */
  readonly arguments?: readonly string[] | ArgumentKind
}

export interface CommandDefinition<Options extends OptionTable, Input> extends Description {
  readonly options: Options
  /** What was asked for. @throws UsageError */
  read(given: Arguments<Options>): Input
  /** Imports what runs it: nobody waits for that who asks for help. */
  load(): Promise<Run<Input>>
}

/** A command that was read and can be run. */
export interface PreparedCommand {
  readonly input: unknown
  run(surroundings: Surroundings, outputs: Outputs): Promise<number>
}

/** A command of the table. */
export interface CommandEntry extends Description {
  readonly options: OptionTable
  /** @throws UsageError, and what `parseArgs` throws */
  prepare(argv: readonly string[]): PreparedCommand
}

/**
 * A command by what help, completion and parsing need of it. To add one is to write its entry and to
 * name it in the table.
 */
export function defineCommand<const Options extends OptionTable, Input>(
  definition: CommandDefinition<Options, Input>,
): CommandEntry {
  const { read, load, ...entry } = definition
  const words = entry.name.split(' ').length
  return {
    ...entry,
    prepare(argv) {
      const { values, positionals } = parseArgs({
        args: [...argv],
        options: entry.options,
        strict: true,
        allowPositionals: true,
      })
      const input = read({
        values: values as OptionValues<Options>,
        positionals: positionals.slice(words),
      })
      return {
        input,
        run: async (surroundings, outputs) => (await load())(input, surroundings, outputs),
      }
    },
  }
}
