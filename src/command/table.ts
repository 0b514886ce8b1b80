import { textWidth } from './terminalStyle.ts'

const NARROWEST = 10
const GAP = 3

/** Rows as aligned columns, as Docker's own command sets them: at least ten wide, three apart. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? NARROWEST, textWidth(cell) + GAP)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const isLast = column === row.length - 1
        return isLast ? cell : cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell))
      })
      .join(''),
  )
}
