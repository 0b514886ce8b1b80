import { visibleJson } from '../text/visible.ts'
import { alignColumns } from './table.ts'
import { parseTemplate, renderTemplate, type Template } from './template.ts'

/** What a listing makes of its rows: lines. */
export type ListFormat<Row> = (rows: readonly Row[]) => string[]

/** What a listing has of its own. */
export interface Listing<Row> {
  /** Each field's name as the head of a column. */
  header: Readonly<Record<keyof Row, string>>
  /** The columns of its table, as a template. */
  columns: string
  /** One line a row, for scripts. */
  quiet: string
  /** `--format raw`, where it has that. */
  raw?: { whole: string; quiet: string }
}

/**
 * A listing as `docker … ls --format` takes it: `table`, `json`, `raw`, a template, or `table TEMPLATE`.
 *
 * @param format empty: the default
 * @throws UsageError for a template that is none
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
