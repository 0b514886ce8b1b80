import type { Goal, Quantity, Row } from './row.ts'

const HEAD = ['what', 'measured', 'against', 'theirs', 'ratio (p25–p75)', 'rounds', 'goal', '']

const MOST_WORDS = 120

/** The rows as a table in Markdown, in the order given. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) =>
    Math.max(3, ...lines.map((line) => lengthOf(line[column]))),
  )
  const [head, ...body] = lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)),
  )
  const rule = widths.map((width) => '-'.repeat(width))
  return [head, rule, ...body].map((line) => `| ${line?.join(' | ')} |`).join('\n')
}

function cells(row: Row): string[] {
  const { what, against = '', measured, peer, ratio, rounds, goal, verdict, why } = row
  return [
    what,
    formatQuantity(measured),
    against,
    formatQuantity(peer),
    ratio ? `${times(ratio.median)} (${times(ratio.p25)}–${times(ratio.p75)})` : '',
    rounds === undefined ? '' : String(rounds),
    formatGoal(goal),
    why === undefined ? verdict : `${verdict}: ${shorten(why)}`,
  ]
}

function formatGoal(goal: Goal): string {
  const unit = goal.unit === 'x' ? 'x' : ` ${goal.unit}`
  return 'atMost' in goal ? `≤ ${goal.atMost}${unit}` : `≥ ${goal.atLeast}${unit}`
}

function formatQuantity(quantity: Quantity | undefined): string {
  if (!quantity) return ''
  const { value, unit } = quantity
  return `${value.toFixed(Math.abs(value) < 100 ? 2 : 0)} ${unit}`
}

/** The whole of it is in the rows that `--json` writes. */
function shorten(why: string): string {
  const line = why.replace(/\s+/g, ' ')
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line
}

function times(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1)
}

function lengthOf(cell: string | undefined): number {
  return [...(cell ?? '')].length
}
