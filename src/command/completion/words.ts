import {
  type ArgumentKind,
  type CommandEntry,
  commonOptions,
  type OptionEntry,
  type OptionTable,
} from '../defineCommand.ts'
import { engineOptions } from '../options/engine.ts'

/** An option as it is typed, with as much of its help as fits beside it. */
export interface TypedOption extends Omit<OptionEntry, 'short'> {
  /** `-f` and `--filter`, or one of them. */
  names: readonly string[]
}

export function typedOptions(options: OptionTable): TypedOption[] {
  return Object.entries(options).map(([name, { short, help, ...option }]) => ({
    ...option,
    help: help.split(/[:;]| \(/, 1)[0] ?? help,
    names: [...(short ? [`-${short}`] : []), `--${name}`],
  }))
}

export function optionsOf({ options }: CommandEntry): TypedOption[] {
  return typedOptions({ ...options, help: commonOptions.help })
}

/** Every name of a command. */
export function namesOf({ name, aliases = [] }: CommandEntry): string[] {
  return [name, ...aliases]
}

/**
 * Options that take the next word as their value in every command that has them, so that this word is not a
 * command. Excludes `-f`, which differs between commands.
 */
export function valueNames(commands: readonly CommandEntry[]): string[] {
  const options = commands.flatMap(optionsOf)
  const taking = options.filter(({ type }) => type === 'string').flatMap(({ names }) => names)
  const others = options.filter(({ type }) => type === 'boolean').flatMap(({ names }) => names)
  return [...new Set(taking)].filter((name) => !others.includes(name))
}

/** Words that can follow `before`, without aliases, each with its summary or the words that follow it. */
export function wordsAfter(commands: readonly CommandEntry[], before: string): Map<string, string> {
  const start = before === '' ? '' : `${before} `
  const words = new Map<string, string>()
  for (const { name, summary } of commands) {
    if (!name.startsWith(start)) continue
    const [word = '', ...more] = name.slice(start.length).split(' ')
    const known = words.has(word) ? `${words.get(word)}, ` : ''
    words.set(word, more.length > 0 ? known + more.join(' ') : summary)
  }
  return words
}

/** First words that are not commands by themselves: `context` of `context ls`. */
export function groupsOf(commands: readonly CommandEntry[]): string[] {
  const groups = commands
    .flatMap(namesOf)
    .filter((name) => name.includes(' '))
    .map((name) => name.slice(0, name.lastIndexOf(' ')))
  return [...new Set(groups)]
}

/** Arguments for `plugin-flow ls` that list the possible plugins. */
export function listArguments(kind: ArgumentKind): string {
  return (
    { 'enabled plugins': '--filter enabled=true', 'disabled plugins': '--filter enabled=false' }[
      kind as string
    ] ?? ''
  )
}

/**
 * The options that name an engine, as patterns of a shell: those that stand alone, and those followed by their
 * value. The script passes them on when it lists plugins.
 */
export function engineWords(): { alone: string[]; taking: string[] } {
  const options = typedOptions(engineOptions)
  const namesOfType = (wanted: OptionEntry['type']) =>
    options.filter(({ type }) => type === wanted).flatMap(({ names }) => names)
  const taking = namesOfType('string')
  const joined = taking.filter((name) => name.startsWith('--')).map((name) => `${name}=*`)
  return { alone: [...namesOfType('boolean'), ...joined], taking }
}
