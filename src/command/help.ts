import { wrapText } from '../text/wrapText.ts'
import {
  type CommandEntry,
  commonOptions,
  defineCommand,
  findCommand,
  noCommand,
  type OptionTable,
} from './defineCommand.ts'
import { type Paint, plain } from './paint.ts'
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
      stdout.write(helpText(commands(), command, stdout.stream.columns, stdout.paint))
      return 0
    },
  })
}

/** The text of `--help`, for one command or, without one, for all of them. */
export function helpText(
  commands: readonly CommandEntry[],
  command: CommandEntry | undefined,
  columns = 80,
  paint: Paint = plain,
): string {
  const width = Math.min(Math.max(columns, NARROWEST), WIDEST)
  const heading = (text: string) => paint('strong', text)
  return command ? commandHelp(command, width, heading) : overview(commands, width, heading)
}

type Heading = (text: string) => string

function overview(all: readonly CommandEntry[], width: number, heading: Heading): string {
  const commands = all.map(({ name, summary }): Row => [`  ${name}`, summary])
  return paragraphs([
    `${heading('Usage:')}  plugin-flow COMMAND [OPTIONS]`,
    wrap('Installs Docker Engine plugins, and takes back what it cannot finish.', width),
    `${heading('Commands:')}\n${table(commands, width)}`,
    `${heading('Options:')}\n${table(optionRows(commonOptions), width)}`,
    wrap('plugin-flow COMMAND --help shows the options of a command, with examples.', width),
  ])
}

function commandHelp(command: CommandEntry, width: number, heading: Heading): string {
  const { name, aliases = [], synopsis, summary, options, examples, notes } = command
  const usage = ['plugin-flow', name, '[OPTIONS]', synopsis].filter(Boolean).join(' ')
  return paragraphs([
    wrap(usage, width, USAGE_MARGIN).replace(USAGE_MARGIN, `${heading('Usage:')}  `),
    wrap(`${summary}.`, width),
    ...(aliases.length > 0 ? [`${heading('Other names:')}  ${aliases.join(', ')}`] : []),
    ...optionTables({ ...options, help: commonOptions.help }, width, heading),
    ...(examples.length > 0 ? [`${heading('Examples:')}\n${exampleLines(examples, width)}`] : []),
    ...(notes ? notes.split('\n\n').map((text) => wrap(text, width)) : []),
  ])
}

/** The options without a group first, then each group under its heading; all in the same columns. */
function optionTables(options: OptionTable, width: number, heading: Heading): string[] {
  const left = leftColumn(optionRows(options), width)
  const entries = Object.entries(options)
  const groups = new Set(['', ...entries.map(([, { group = '' }]) => group)])
  return [...groups].map((name) => {
    const own = entries.filter(([, { group = '' }]) => group === name)
    const title = name === '' ? 'Options:' : `${name} options:`
    return `${heading(title)}\n${table(optionRows(Object.fromEntries(own)), width, left)}`
  })
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

/** The width of the left one of two columns. */
function leftColumn(rows: readonly Row[], width: number): number {
  return Math.min(Math.max(...rows.map(([text]) => text.length)) + 2, Math.floor(width / 3))
}

/** Two columns; the right one of a long row begins on the next line. */
function table(rows: readonly Row[], width: number, left = leftColumn(rows, width)): string {
  return rows
    .map(([text, right]) => {
      const lines = wrap(right, width, ' '.repeat(left))
      return text.length + 2 > left ? `${text}\n${lines}` : text.padEnd(left) + lines.slice(left)
    })
    .join('\n')
}

function wrap(text: string, width: number, margin = ''): string {
  return wrapText(text, width, margin).join('\n')
}

function indent(text: string, margin: string): string {
  return text.replace(/^/gm, margin)
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}
