import { namedPipe, readFile } from '../../../adapters/process/readFile.ts'
import { type OptionTable, type OptionValues, optionGroup } from '../defineCommand.ts'
import { UsageError } from '../parseOptions.ts'

/** An hour: longer than any plugin takes, and short enough to catch a typing error. */
const MAX_SECONDS = 3_600

/** @throws UsageError unless there is exactly one */
export function readName(command: string, [name, ...more]: readonly string[]): string {
  if (name === undefined) throw new UsageError(`${command} needs a PLUGIN`)
  if (more.length === 0) return name
  throw new UsageError(`${command} takes one PLUGIN, and not ${more.length + 1}`)
}

/** @throws UsageError unless there is at least one */
export function readNames(command: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new UsageError(`${command} needs a PLUGIN`)
  return names
}

/**
 * Checks the `KEY[=VALUE]` arguments behind a PLUGIN: one that is written as a reference is a second PLUGIN.
 *
 * @throws UsageError
 */
export function checkSettingArguments(
  command: string,
  settings: readonly string[],
  takes = 'one PLUGIN',
): void {
  const reference = settings.find((text) => /^[^=]*[/:][^=]*$/.test(text))
  if (reference === undefined) return
  throw new UsageError(`${command} takes ${takes}: "${reference}" is not KEY=VALUE`)
}

/** @throws UsageError where there are any */
export function readNoArguments(command: string, { length }: readonly string[]): void {
  if (length > 0) throw new UsageError(`${command} takes no arguments`)
}

/** @throws UsageError unless it is a whole number of seconds up to an hour */
export function readSeconds(option: string, text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= MAX_SECONDS) return Number(text)
  throw new UsageError(`${option} takes whole seconds up to ${MAX_SECONDS}, and not "${text}"`)
}

/**
 * The value of an option that takes one of a few words, the first by default.
 *
 * @throws UsageError
 */
export function readChoice<const Choices extends readonly [string, string, ...string[]]>(
  option: string,
  choices: Choices,
  text: string = choices[0],
): Choices[number] {
  const known = choices.find((each) => each === text)
  if (known !== undefined) return known
  const words = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
  throw new UsageError(`${option} takes ${words}, and not "${text}"`)
}

/** How a run is shown, where the default is lines or a live view. */
export interface OutputFormat {
  quiet: boolean
  json: boolean
  /** Lines on a terminal too, and the question of Docker's own command. */
  plain: boolean
}

/** The options of how a run is shown. */
export const outputOptions = optionGroup('Output', {
  quiet: {
    type: 'boolean',
    short: 'q',
    help: 'Print only the ID of the plugin, or the failure',
  },
  plain: {
    type: 'boolean',
    help: "No live view, and only Docker's own list of privileges, as where there is no terminal",
  },
  json: {
    type: 'boolean',
    help: 'One JSON object per line on stdout: transitions, progress, questions and the outcome',
  },
})

/** @throws UsageError when two are asked for */
export function readOutputFormat(values: OptionValues<typeof outputOptions>): OutputFormat {
  const { quiet = false, json = false, plain = false } = values
  const [one, other] = givenOptions(outputOptions, values)
  if (other) throw new UsageError(`--${one} and --${other} cannot be combined`)
  return { quiet, json, plain }
}

/** The names of the options of a table that were given. A boolean one that is `false` counts as absent. */
export function givenOptions<Options extends OptionTable>(
  options: Options,
  values: OptionValues<Options>,
): string[] {
  return Object.keys(options).filter((name) => values[name] !== undefined && values[name] !== false)
}

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  ENXIO: 'it is a socket',
  EACCES: 'this user may not read it',
}

/** A UsageError about a file that was named, from a system error or the RangeError of its parser. */
export function unusableFile(which: string, error: unknown): UsageError {
  if (error instanceof RangeError) return new UsageError(`${which}: ${error.message}`)
  const { code = String(error) } = error as NodeJS.ErrnoException
  return new UsageError(`${which}: ${FILE_PROBLEMS[code] ?? `it cannot be read (${code})`}`)
}

/**
 * Reads a file as text, up to a limit.
 *
 * @throws RangeError when it cannot be used, or is not text; the system's error
 */
export function readText(path: string, maxBytes: number): string {
  return decode(readFile(path, { most: maxBytes, pipe: namedPipe }))
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new RangeError('it is not text in UTF-8')
  }
}
