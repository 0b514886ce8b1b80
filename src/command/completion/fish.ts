import { type CommandEntry, commonOptions } from '../defineCommand.ts'
import {
  engineWords,
  groupsOf,
  listArguments,
  namesOf,
  optionsOf,
  type TypedOption,
  typedOptions,
  valueNames,
  wordsAfter,
} from './words.ts'

/** Completes in fish 3. */
export function fishScript(commands: readonly CommandEntry[]): string {
  const { alone, taking } = engineWords()
  return `# fish completion for plugin-flow
function __plugin_flow_words
    set -l skip 0
    for token in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $token
            case ${valueNames(commands).join(' ')}
                set skip 1
            case '-*'
            case '*'
                echo $token
        end
    end
end

# Whether the words before the current one are these, and no others; or begin with these.
function __plugin_flow_at
    test (string join ' ' -- (__plugin_flow_words) '') = (string join ' ' -- $argv '')
end

function __plugin_flow_below
    string match -q -- (string join ' ' -- $argv '*') (string join ' ' -- (__plugin_flow_words) '')
end

# The options of the line that name an engine.
function __plugin_flow_engine
    set -l take 0
    for token in (commandline -opc)[2..-1]
        if test $take = 1
            echo $token
            set take 0
            continue
        end
        switch $token
            case ${alone.map((name) => `'${name}'`).join(' ')}
                echo $token
            case ${taking.join(' ')}
                echo $token
                set take 1
        end
    end
end

function __plugin_flow_plugins
    plugin-flow ls (__plugin_flow_engine) --format '{{.Name}}' $argv 2>/dev/null
end

complete -c plugin-flow -f
${[...startLines(commands), ...commands.flatMap((command) => commandLines(command, commands))].join('\n')}
`
}

function startLines(commands: readonly CommandEntry[]): string[] {
  return [
    ...typedOptions(commonOptions).map((option) => optionLine('__plugin_flow_at', option)),
    ...['', ...groupsOf(commands)].flatMap((before) =>
      [...wordsAfter(commands, before)].map(
        ([word, summary]) =>
          `complete -c plugin-flow -n ${quoted(`__plugin_flow_at ${before}`.trim())} -a ${word} -d ${quoted(summary)}`,
      ),
    ),
  ]
}

function commandLines(command: CommandEntry, commands: readonly CommandEntry[]): string[] {
  return namesOf(command).flatMap((name) => {
    const condition = `__plugin_flow_below ${name}`
    return [
      ...optionsOf(command).map((option) => optionLine(condition, option)),
      ...argumentLines(condition, command, commands),
    ]
  })
}

function optionLine(condition: string, { names, type, help, ...option }: TypedOption): string {
  const typed = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  const value = type === 'string' ? completedBy(option) : ''
  return `complete -c plugin-flow -n ${quoted(condition)} ${typed.join(' ')}${value} -d ${quoted(help)}`
}

function completedBy({ choices, completes }: Pick<TypedOption, 'choices' | 'completes'>): string {
  if (choices) return ` -x -a ${quoted(choices.join(' '))}`
  if (completes === undefined) return ' -x'
  return completes === 'folders' ? " -x -a '(__fish_complete_directories)'" : ' -r -F'
}

function argumentLines(
  condition: string,
  { arguments: kind }: CommandEntry,
  commands: readonly CommandEntry[],
): string[] {
  if (kind === undefined) return []
  return [
    `complete -c plugin-flow -n ${quoted(condition)} -a ${quoted(argumentWords(kind, commands))}`,
  ]
}

function argumentWords(
  kind: NonNullable<CommandEntry['arguments']>,
  commands: readonly CommandEntry[],
): string {
  if (typeof kind !== 'string') return kind.join(' ')
  if (kind === 'commands') return [...wordsAfter(commands, '').keys()].join(' ')
  return `(${`__plugin_flow_plugins ${listArguments(kind)}`.trim()})`
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
