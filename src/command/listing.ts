import stringWidth from 'string-width'
import { inOrder, visibleJson } from '../text/visible.ts'
import { UsageError } from './parseOptions.ts'
import type { CommandIo } from './processIo.ts'
import { fitText, terminalStyle } from './views/terminal.ts'

/** Turns rows into lines. */
type ListFormat<Row> = (rows: readonly Row[]) => string[]

/** The parts in which listings differ. */
export interface Listing<Row> {
  /** The head of each field's column. */
  header: Readonly<Record<keyof Row, string>>
  /** The columns of its table, as a template. */
  columns: string
  /** The template of `--quiet`: one line a row, for scripts. */
  quiet: string
  /** The templates of `--format raw`, in listings that have it. */
  raw?: { whole: string; quiet: string }
}

/**
 * A listing as `docker … ls --format` takes it: `table`, `json`, `raw`, a template, or `table TEMPLATE`.
 *
 * @param format empty for the default
 * @throws UsageError for an invalid template
 */
export function listFormat<Row extends object>(
  listing: Listing<Row>,
  { format, quiet }: { format: string; quiet: boolean },
): ListFormat<Row> {
  if (format === 'json') return (rows) => rows.map((row) => visibleJson(row))
  if (format === 'raw' && listing.raw) return each(quiet ? listing.raw.quiet : listing.raw.whole)
  if (format === '' || format === 'table') {
    return quiet ? each(listing.quiet) : table(listing, listing.columns)
  }
  const [, columns] = /^table\s+(.*)$/s.exec(format) ?? []
  return columns === undefined ? each(format) : table(listing, columns)
}

function each<Row>(format: string): ListFormat<Row> {
  const template = parseTemplate(format)
  return (rows) => rows.map((row) => renderTemplate(template, row))
}

function table<Row>({ header }: Pick<Listing<Row>, 'header'>, format: string): ListFormat<Row> {
  const template = parseTemplate(format)
  const cells = (row: unknown) => renderTemplate(template, row).split('\t')
  const head = renderTemplate(withoutJson(template), header).split('\t')
  return (rows) => alignColumns([head, ...rows.map(cells)])
}

function withoutJson(template: Template): Template {
  return template.map((part) => (typeof part === 'string' ? part : { ...part, json: false }))
}

const NARROWEST_COLUMN = 10
const COLUMN_GAP = 3

/** Aligns columns as Docker's command does: at least ten wide, three apart. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? NARROWEST_COLUMN, stringWidth(cell) + COLUMN_GAP)
    }
  }
  const pad = (cell: string, column: number, { length }: readonly string[]) =>
    column === length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell))
  return rows.map((row) => row.map((cell, column) => pad(cell, column, row)).join(''))
}

/** Cuts the cells of these columns, the last one first, so that on a terminal each row is a line. */
export function fitColumns(
  rows: readonly (readonly string[])[],
  flexible: readonly number[],
  io: CommandIo,
): string[][] {
  const { isTTY, columns = 80 } = io.stdout.stream
  if (!isTTY) return rows.map((row) => [...row])
  const widthOf = (column: number) =>
    Math.max(NARROWEST_COLUMN, ...rows.map((row) => stringWidth(row[column] ?? '') + COLUMN_GAP))
  const fixed = [...(rows[0] ?? []).keys()].filter((column) => !flexible.includes(column))
  let rest = columns - fixed.reduce((sum, column) => sum + widthOf(column), 0)
  const widths = new Map<number, number>()
  for (const [index, column] of flexible.entries()) {
    const later = (flexible.length - index - 1) * (NARROWEST_COLUMN + COLUMN_GAP)
    const width = Math.max(Math.min(widthOf(column), rest - later), NARROWEST_COLUMN + COLUMN_GAP)
    widths.set(column, width - COLUMN_GAP)
    rest -= width
  }
  return rows.map((row) =>
    row.map((cell, column) => shorten(cell, widths.get(column) ?? Number.POSITIVE_INFINITY, io)),
  )
}

/** Shortens a text with Docker's ellipsis, or with one that the terminal can show. */
export function shorten(text: string, columns: number, { stdout, env }: CommandIo): string {
  return fitText(text, columns, stdout.stream.isTTY ? terminalStyle(env).ellipsis : '…')
}

/** The value of a field, as text or as JSON. An empty path means the whole row. */
interface Action {
  path: readonly string[]
  json: boolean
}

/** The part of Go's templates in common use with `docker … --format`: text, fields, and `json`. */
type Template = readonly (string | Action)[]

const ACTION = /^(json\s+)?\.((?:[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*)?$/

/** @throws UsageError for an action other than `{{.Field}}`, `{{.Field.Field}}`, `{{json .Field}}` or `{{json .}}` */
export function parseTemplate(text: string): Template {
  return text
    .replaceAll('\\t', '\t')
    .replaceAll('\\n', '\n')
    .split(/(\{\{.*?\}\})/s)
    .map((part) => (part.startsWith('{{') ? parseAction(part) : part))
}

function parseAction(text: string): Action {
  const [, json, fields = ''] = ACTION.exec(text.slice(2, -2).trim()) ?? []
  if (json === undefined && fields === '') {
    throw new UsageError(`--format takes {{.Field}} and {{json .Field}}, and not ${text}`)
  }
  return { path: fields === '' ? [] : fields.split('.'), json: json !== undefined }
}

/**
 * Fills the template in; foreign text is made visible.
 *
 * @throws UsageError for an unknown field, or for an object that is not written as JSON
 */
export function renderTemplate(template: Template, value: unknown): string {
  return template
    .map((part) => (typeof part === 'string' ? part : renderAction(part, value)))
    .join('')
}

function renderAction({ path, json }: Action, value: unknown): string {
  const found = path.reduce(field, value)
  if (json) return visibleJson(found)
  if (found === null) return '<nil>'
  if (typeof found !== 'object') return inOrder(String(found))
  throw new UsageError(`.${path.join('.')} is not text: use {{json .${path.join('.')}}}`)
}

/** Finds a field by its name, in any case: Go has `ID` where JSON has `Id`. */
function field(value: unknown, name: string): unknown {
  const entries = Object.entries(value ?? {})
  const wanted = name.toLowerCase()
  const [, found] =
    entries.find(([key]) => key === name) ??
    entries.find(([key]) => key.toLowerCase() === wanted) ??
    []
  if (found === undefined) throw new UsageError(`--format: there is no field ${name}`)
  return found
}

/** Orders names as people count: `plugin2` before `plugin10`. */
export function compareNaturally(one: string, other: string): number {
  const [left, right] = [parts(one), parts(other)]
  for (const [index, part] of left.entries()) {
    const against = right[index]
    if (against === undefined) return 1
    const order = compareParts(part, against)
    if (order !== 0) return order
  }
  return left.length - right.length
}

function parts(text: string): string[] {
  return text.match(/\d+|\D+/g) ?? []
}

function compareParts(one: string, other: string): number {
  const areNumbers = /^\d/.test(one) && /^\d/.test(other)
  const [left, right] = areNumbers ? [BigInt(one), BigInt(other)] : [one, other]
  if (left === right) return one.length - other.length
  return left < right ? -1 : 1
}
