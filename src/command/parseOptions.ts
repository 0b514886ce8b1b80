import { parseArgs } from 'node:util'

/** An option as it is parsed. */
export interface ParsedOption {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: true
}

type ParsedTable = Readonly<Record<string, ParsedOption>>

interface ParsedOptions {
  /** The values of strings, and whether each boolean is on. */
  values: Record<string, string | boolean | (string | boolean)[] | undefined>
  positionals: string[]
}

/**
 * Parses arguments as Docker's own command does: options may stand anywhere, `--` ends them, and a boolean one takes
 * a value, as in `--disable=false` and `-q=true`. The last of several counts.
 *
 * @throws UsageError, and the other errors of `parseArgs`
 */
export function parseOptions(argv: readonly string[], options: ParsedTable): ParsedOptions {
  const { args, flags } = separateFlags(argv, options)
  const { values, positionals, tokens } = parse(args, options)
  for (const token of tokens) {
    if (token.kind !== 'option' || options[token.name]?.type !== 'boolean') continue
    const flag = flags.get(token.index)
    const isValueOf = flag?.name === token.name
    values[token.name] = isValueOf ? readBoolean(flag) : true
  }
  return { values, positionals }
}

function parse(args: string[], options: ParsedTable) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true, tokens: true })
  } catch (error) {
    throw unknownOption(error, args, Object.keys(options)) ?? error
  }
}

function unknownOption(
  error: unknown,
  args: readonly string[],
  names: readonly string[],
): UsageError | undefined {
  const { code, message } = error as NodeJS.ErrnoException
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return undefined
  const [, option = ''] = /'([^']*)'/.exec(message) ?? []
  const known = names.map((name) => `--${name}`)
  return new UsageError(`unknown option '${option}'${optionMeant(option, args, known)}`)
}

/** Words for an option in capitals, cut short, or with one hyphen, whose letters are taken for options. */
function optionMeant(option: string, args: readonly string[], known: readonly string[]): string {
  const withOneHyphen = args
    .filter((arg) => arg.startsWith(option) && !arg.startsWith('--'))
    .map((arg) => `-${arg.split('=', 1)[0]}`)
  const typed = [option, ...withOneHyphen].map((each) => each.toLowerCase())
  const begun = known.filter((name) =>
    typed.some((each) => each.length >= SHORTEST_BEGINNING && name.startsWith(each)),
  )
  return didYouMean(typed[0] ?? '', known) || didYouMean(begun[0] ?? '', known)
}

/** With its two hyphens. */
const SHORTEST_BEGINNING = 5

/** The questions that are answered even where the rest of the line is wrong. */
interface Scanned {
  /** The arguments that are neither options nor their values. */
  words: string[]
  /** True if this boolean option was given, before any word or anywhere. */
  asks(name: string, where: 'before words' | 'anywhere'): boolean
}

/** Reads as much of the arguments as can be read without their command. */
export function scanOptions(argv: readonly string[], options: ParsedTable): Scanned {
  const { args, flags } = separateFlags(argv, options)
  const { positionals, tokens } = parseArgs({
    args,
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const firstWord = tokens.findIndex(({ kind }) => kind === 'positional')
  const before = firstWord === -1 ? tokens : tokens.slice(0, firstWord)
  return {
    words: positionals,
    asks: (name, where) =>
      (where === 'anywhere' ? tokens : before).some((token) => {
        if (token.kind !== 'option' || token.name !== name) return false
        const flag = flags.get(token.index)
        return flag?.name !== name || isTrue(flag.text)
      }),
  }
}

/** The value that was written for a boolean option. */
interface Flag {
  name: string
  text: string
}

/**
 * Takes off what `parseArgs` does not read, though Docker's command does: the value of a boolean option, and the
 * equals sign behind a letter, as in `-f=json`.
 */
function separateFlags(argv: readonly string[], options: ParsedTable) {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  /** By the index of their argument. */
  const flags = new Map<number, Flag>()
  const nameOf = (letter: string) =>
    Object.keys(options).find((name) => options[name]?.short === letter) ?? ''
  const isBoolean = (name: string) => options[name]?.type === 'boolean'
  const args = argv.map((arg, index) => {
    if (index >= end) return arg
    const [, dashes = '', names = '', text = ''] = /^(--?)([^-=][^=]*)=(.*)$/s.exec(arg) ?? []
    const name = dashes === '-' ? nameOf(names.at(-1) ?? '') : names
    // A letter before the last one that takes a value has all of the rest as its value.
    const areLetters = [...names.slice(0, -1)].every((letter) => isBoolean(nameOf(letter)))
    if (isBoolean(name) && (dashes === '--' || areLetters)) {
      flags.set(index, { name, text })
      return `${dashes}${names}`
    }
    return dashes === '-' && areLetters && name !== '' ? `-${names}${text}` : arg
  })
  return { args, flags }
}

/** The words that Docker's command takes, which are those of Go's `strconv.ParseBool`. */
const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True']
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False']

function isTrue(text: string): boolean {
  return TRUE.includes(text)
}

function readBoolean({ name, text }: Flag): boolean {
  if (isTrue(text) || FALSE.includes(text)) return isTrue(text)
  throw new UsageError(`--${name} takes true or false, and not "${text}"`)
}

/** As in Docker's own command. */
const MOST_EDITS = 2

/** ` (did you mean NAME?)` for the known name that is nearest to what was typed, or nothing if none is near. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const near = names
    .map((name) => ({ name, edits: editDistance(typed, name) }))
    // Every name of two letters is near to any other one.
    .filter(({ name, edits }) => edits <= MOST_EDITS && edits < name.length)
    .sort((one, other) => one.edits - other.edits)[0]
  return near ? ` (did you mean ${near.name}?)` : ''
}

/** Letters to insert, remove, replace or swap with their neighbour. */
function editDistance(one: string, other: string): number {
  const rows: number[][] = []
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 0; row <= one.length; row++) {
    rows[row] = []
    for (let column = 0; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      const edits = Math.min(
        row === 0 && column === 0 ? 0 : at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        row > 1 && column > 1 && isSwapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
      rows[row]?.push(edits)
    }
  }
  return at(one.length, other.length)
}

/** A mistake on the command line, as one sentence that quotes what was typed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
