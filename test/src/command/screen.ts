import type { OutputStream } from '../../../src/command/processIo.ts'

/**
 * The lines that a terminal of this width shows after everything written to it. Supports line breaks, `\r`,
 * and the sequences for moving up, erasing a line's rest and erasing what is below. Others fail.
 */
export function screenOf(written: string, columns = 80): string[] {
  const rows: string[][] = [[]]
  let row = 0
  let column = 0
  const at = () => {
    while (rows.length <= row) rows.push([])
    return rows[row] as string[]
  }
  const put = (character: string) => {
    if (column === columns) {
      row++
      column = 0
    }
    const line = at()
    while (line.length < column) line.push(' ')
    line[column++] = character
  }
  const parts = written.match(/\x1b\[[\d;]*[A-Za-z]|\x1b|[\s\S]/gu) ?? []
  for (const part of parts) {
    if (part === '\n') {
      row++
      column = 0
      at()
    } else if (part === '\r') column = 0
    else if (part === '\x1b[K') at().length = Math.min(column, at().length)
    else if (part === '\x1b[J') {
      at().length = Math.min(column, at().length)
      rows.length = row + 1
    } else if (/^\x1b\[\d+A$/.test(part))
      row = Math.max(row - Number.parseInt(part.slice(2), 10), 0)
    else if (/^\x1b\[[\d;]*m$/.test(part)) continue
    else if (part.startsWith('\x1b'))
      throw new Error(`an unknown sequence: ${JSON.stringify(part)}`)
    else put(part)
  }
  return rows.map((line) => line.join('').trimEnd())
}

/** Makes a stream pass for a terminal. */
export function asTerminal<T extends OutputStream>(stream: T, columns = 80, rows = 24): T {
  return Object.assign(stream, { isTTY: true, columns, rows })
}
