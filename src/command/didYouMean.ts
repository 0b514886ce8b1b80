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
export function editDistance(one: string, other: string): number {
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
