import {
  type CommandEntry,
  commonOptions,
  defineCommand,
  findCommand,
  noCommand,
  type OptionTable,
} from './defineCommand.ts'
import { UsageError } from './parseOptions.ts'

const WIDEST = 100
const NARROWEST = 40
const USAGE_MARGIN = ' '.repeat('Usage:  '.length)

/** The command `plugin-flow help`. `commands` is a function because the table contains this command too. */
export function helpCommand(commands: () => readonly CommandEntry[]): CommandEntry {
  return defineCommand({
    name: 'help',
    synopsis: '[COMMAND]',
    arguments: 'commands',
    summary: 'Print help with a command',
    options: {},
    examples: [{ title: 'What does install take?', line: 'plugin-flow help install' }],
    read({ positionals: words }) {
      const command = findCommand(commands(), words)
      if (command || words.length === 0) return command
      throw new UsageError(noCommand(words, commands()))
    },
    async run(command, { stdout }) {
      stdout.write(helpText(commands(), command, stdout.stream.columns))
      return 0
    },
  })
}

/** The text of `--help`, for one command or, without one, for all of them. */
export function helpText(
  commands: readonly CommandEntry[],
  command: CommandEntry | undefined,
  columns = 80,
): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST)
  return command ? commandHelp(command, width) : overview(commands, width)
}

function overview(all: readonly CommandEntry[], width: number): string {
  const commands = all.map(({ name, summary }): Row => [`  ${name}`, summary])
  return paragraphs([
    'Usage:  plugin-flow COMMAND [OPTIONS]',
    wrap('Installs Docker Engine plugins, and takes back what it cannot finish.', width),
    `Commands:\n${table(commands, width)}`,
    `Options:\n${table(optionRows(commonOptions), width)}`,
    wrap('plugin-flow COMMAND --help shows the options of a command, with examples.', width),
  ])
}

function commandHelp(command: CommandEntry, width: number): string {
  const { name, aliases = [], synopsis, summary, options, examples, notes } = command
  const usage = ['plugin-flow', name, '[OPTIONS]', synopsis].filter(Boolean).join(' ')
  return paragraphs([
    wrap(usage, width, USAGE_MARGIN).replace(USAGE_MARGIN, 'Usage:  '),
    wrap(`${summary}.`, width),
    ...(aliases.length > 0 ? [`Other names:  ${aliases.join(', ')}`] : []),
    `Options:\n${table(optionRows({ ...options, help: commonOptions.help }), width)}`,
    ...(examples.length > 0 ? [`Examples:\n${exampleLines(examples, width)}`] : []),
    ...(notes ? notes.split('\n\n').map((text) => wrap(text, width)) : []),
  ])
}

function exampleLines(examples: CommandEntry['examples'], width: number): string {
  return examples
    .map(({ title, line }) => `${wrap(title, width, '  ')}\n${indent(line, '    ')}`)
    .join('\n\n')
}

type Row = [left: string, right: string]

function optionRows(options: OptionTable): Row[] {
  return Object.entries(options).map(([name, { short, value, help }]) => [
    `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`,
    help,
  ])
}

/** Two columns; the right one of a long row begins on the next line. */
function table(rows: readonly Row[], width: number): string {
  const left = Math.min(Math.max(...rows.map(([text]) => text.length)) + 2, Math.floor(width / 3))
  return rows
    .map(([text, right]) => {
      const lines = wrap(right, width, ' '.repeat(left))
      return text.length + 2 > left ? `${text}\n${lines}` : text.padEnd(left) + lines.slice(left)
    })
    .join('\n')
}

/** Breaks a text between words. Only a single word can make a line longer than `width`. */
function wrap(text: string, width: number, margin = ''): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && margin.length + longer.length > width) {
      lines.push(margin + line)
      line = word
    } else line = longer
  }
  return [...lines, margin + line].join('\n')
}

function indent(text: string, margin: string): string {
  return text.replace(/^/gm, margin)
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
