import type { CommandEntry, OptionEntry } from '../defineCommand.ts'
import {
  engineWords,
  groupsOf,
  listArguments,
  namesOf,
  optionsOf,
  type TypedOption,
  valueNames,
  wordsAfter,
} from './words.ts'

/** Keeps to what bash 3.2 has, which macOS still ships; the package bash-completion is not needed. */
export function bashScript(commands: readonly CommandEntry[]): string {
  return `# bash completion for plugin-flow
_plugin_flow() {
  local line=\${COMP_LINE:0:COMP_POINT} typed current previous word prefix= candidates= i
  local words=() positionals=() engine=()
  COMPREPLY=()
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  typed=\${words[\${#words[@]}-1]}
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    word=\${words[i]}
    case $word in
${engineCases()}
      ${valueNames(commands).join('|')}) i=$((i + 1)) ;;
      -*) ;;
      *) positionals+=("$word") ;;
    esac
  done
  current=$typed
  previous=\${words[\${#words[@]}-2]}
  if [[ $typed == --*=* ]]; then
    previous=\${typed%%=*}
    current=\${typed#*=}
    prefix=$previous=
  fi
  case "\${positionals[*]-} " in
${commandCases(commands)}
    ' ')
      candidates='${lines([...wordsAfter(commands, '').keys(), '--help', '--version'])}' ;;
  esac
  _plugin_flow_reply
}

# What begins with the current word. Readline replaces only what stands after its last word break.
_plugin_flow_reply() {
  local breaks= cut=
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+==
  [[ -n $breaks && $typed == *["$breaks"]* ]] && cut=\${typed%"\${typed##*["$breaks"]}"}
  while IFS= read -r word; do
    [[ -n $word && $word == "$current"* ]] || continue
    word=$prefix$word
    COMPREPLY+=("\${word#"$cut"}")
  done <<<"$candidates"
}

# Names that need no quoting, of the plugins on the engine that the line names.
_plugin_flow_plugins() {
  "\${words[0]}" ls \${engine[@]+"\${engine[@]}"} --format '{{.Name}}' "$@" 2>/dev/null |
    LC_ALL=C grep -E '^[A-Za-z0-9._/:@-]+$'
}

_plugin_flow_paths() {
  type compopt &>/dev/null && compopt -o filenames 2>/dev/null
  candidates=$(compgen "$1" -- "$current")
}

complete -F _plugin_flow plugin-flow
`
}

function engineCases(): string {
  const { alone, taking } = engineWords()
  return `      ${alone.join('|')}) engine+=("$word") ;;
      ${taking.join('|')}) i=$((i + 1)) engine+=("$word" "\${words[i]}") ;;`
}

function commandCases(commands: readonly CommandEntry[]): string {
  const groups = groupsOf(commands).map(
    (group) => `    '${group} ') candidates='${lines([...wordsAfter(commands, group).keys()])}' ;;`,
  )
  const cases = commands.map(
    (command) => `    ${namesOf(command)
      .map((name) => `'${name} '*`)
      .join('|')})
      case $previous in
${optionsOf(command).filter(takesValue).map(optionCase).join('\n')}
        *)
          if [[ $current == -* ]]; then
            candidates='${lines(optionsOf(command).flatMap(({ names }) => names))}'
          else
            ${argumentsOf(command, commands)}
          fi ;;
      esac ;;`,
  )
  return [...groups, ...cases].join('\n')
}

function takesValue({ type }: TypedOption): boolean {
  return type === 'string'
}

function optionCase(option: TypedOption): string {
  return `        ${option.names.join('|')}) ${completedBy(option)} ;;`
}

function completedBy({ choices, completes }: Omit<OptionEntry, 'short'>): string {
  if (choices) return `candidates='${lines(choices)}'`
  if (completes === undefined) return ':'
  return `_plugin_flow_paths ${completes === 'folders' ? '-d' : '-f'}`
}

function argumentsOf({ arguments: kind }: CommandEntry, commands: readonly CommandEntry[]): string {
  if (kind === undefined) return ':'
  if (typeof kind !== 'string') return `candidates='${lines(kind)}'`
  if (kind === 'commands') return `candidates='${lines([...wordsAfter(commands, '').keys()])}'`
  return `candidates=$(_plugin_flow_plugins ${listArguments(kind)})`.replace(' )', ')')
}

/** One a line: words of a table have no quotes. */
function lines(words: readonly string[]): string {
  return words.join('\n')
}
