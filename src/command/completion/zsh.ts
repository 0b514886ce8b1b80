import type { CommandEntry } from '../defineCommand.ts'
import { engineOptions } from '../options/engine.ts'
import {
  engineWords,
  groupsOf,
  listArguments,
  namesOf,
  optionsOf,
  type TypedOption,
  typedOptions,
  wordsAfter,
} from './words.ts'

/** Completes in zsh, sourced after `compinit` or as a file `_plugin-flow` in its `fpath`. */
export function zshScript(commands: readonly CommandEntry[]): string {
  const start = typedOptions(engineOptions).map(optionSpec)
  return `#compdef plugin-flow
_plugin-flow() {
  local curcontext="$curcontext" state line
  local -a commands engine
  local i
  typeset -A opt_args
  for (( i = 2; i < CURRENT; i++ )); do
    case $words[i] in
${engineCases()}
    esac
  done
  _arguments -C -A '-*' \\
${[...start, "'(- *)'{-h,--help}'[Print help]'", "'(- *)'{-v,--version}'[Print the version]'"].map((spec) => `    ${spec} \\`).join('\n')}
    '1: :->command' '*:: :->rest' && return
  case $state in
    command)
      commands=(${described(commands, '')})
      _describe -t commands 'plugin-flow command' commands ;;
    rest)
      case $words[1] in
${wordCases(commands)}
      esac ;;
  esac
}

_plugin_flow_plugins() {
  local -a names
  names=(\${(f)"$(plugin-flow ls $engine --format '{{.Name}}' "$@" 2>/dev/null)"})
  compadd -a names
}

if [[ $funcstack[1] == _plugin-flow ]]; then
  _plugin-flow "$@"
else
  compdef _plugin-flow plugin-flow
fi
`
}

function engineCases(): string {
  const { alone, taking } = engineWords()
  return `      ${alone.join('|')}) engine+=(\${(Q)words[i]}) ;;
      ${taking.join('|')}) engine+=($words[i] \${(Q)words[i+1]}); (( i++ )) ;;`
}

/** Cases for the first word: a command, or the first word of several commands. */
function wordCases(commands: readonly CommandEntry[]): string {
  const single = commands.filter(({ name }) => !name.includes(' '))
  return [
    ...single.map((command) => commandCase(command, commands, '        ')),
    ...groupsOf(commands).map((group) => groupCase(group, commands)),
  ].join('\n')
}

function groupCase(group: string, commands: readonly CommandEntry[]): string {
  const below = commands
    .filter(({ name }) => name.startsWith(`${group} `))
    .map((command) => {
      const short = (name: string) => name.slice(group.length + 1)
      const { aliases = [] } = command
      return { ...command, name: short(command.name), aliases: aliases.map(short) }
    })
  return `        ${group})
          if (( CURRENT == 2 )); then
            commands=(${described(commands, group)})
            _describe -t commands '${group} command' commands
          else
            shift words
            (( CURRENT-- ))
            case $words[1] in
${below.map((command) => commandCase(command, commands, '              ')).join('\n')}
            esac
          fi ;;`
}

function commandCase(
  command: CommandEntry,
  commands: readonly CommandEntry[],
  margin: string,
): string {
  const specs = [...optionsOf(command).map(optionSpec), ...argumentSpec(command, commands)]
  return `${margin}${namesOf(command).join('|')})
${margin}  _arguments -s \\
${specs.map((spec) => `${margin}    ${spec}`).join(' \\\n')} ;;`
}

function optionSpec({ names, type, multiple, value = '', help, ...option }: TypedOption): string {
  const takes = type === 'string'
  const typed = names.map((name) => (takes ? `${name}${name.startsWith('--') ? '=' : '+'}` : name))
  const text = quoted(`[${escaped(help)}]${takes ? `:${escaped(value)}:${action(option)}` : ''}`)
  const repeats = multiple ? "'*'" : names.length > 1 ? quoted(`(${names.join(' ')})`) : ''
  return `${repeats}${typed.length > 1 ? `{${typed.join(',')}}` : quoted(typed.join(''))}${text}`
}

function action({ choices, completes }: Pick<TypedOption, 'choices' | 'completes'>): string {
  if (choices) return `(${choices.join(' ')})`
  if (completes === undefined) return ' '
  return completes === 'folders' ? '_files -/' : '_files'
}

function argumentSpec(
  { arguments: kind }: CommandEntry,
  commands: readonly CommandEntry[],
): string[] {
  if (kind === undefined) return []
  if (typeof kind !== 'string') return [quoted(`1: :(${kind.join(' ')})`)]
  if (kind === 'commands') {
    return [quoted(`1: :(${[...wordsAfter(commands, '').keys()].join(' ')})`)]
  }
  return [quoted(`*:PLUGIN:{_plugin_flow_plugins ${listArguments(kind)}}`)]
}

function described(commands: readonly CommandEntry[], before: string): string {
  return [...wordsAfter(commands, before)]
    .map(([word, summary]) => quoted(`${word}:${summary}`))
    .join(' ')
}

/** For a specification of \`_arguments\`, where these have a meaning. */
function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
