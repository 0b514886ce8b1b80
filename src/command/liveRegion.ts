import type { Output } from './output.ts'
import type { Line } from './terminalStyle.ts'

/**
 * The last lines of a terminal, drawn over and over. The cursor always rests below them, at the start
 * of a line, and is never hidden: whatever ends the process, the terminal is fit to be used.
 */
export interface LiveRegion {
  draw(lines: readonly Line[]): void
  /** Lines that stay, above the region, which is empty then. */
  persist(lines: readonly Line[]): void
}

export function liveRegion(output: Output, columns: () => number): LiveRegion {
  let drawn: readonly Line[] = []
  const write = (lines: readonly Line[]) => {
    // A terminal that was made narrower has wrapped what was drawn.
    const rows = drawn.reduce(
      (sum, { width }) => sum + Math.max(Math.ceil(width / columns()), 1),
      0,
    )
    const back = rows > 0 ? `\r\x1b[${rows}A` : ''
    output.write(`${back}${lines.map(({ text }) => `${text}\x1b[K\n`).join('')}\x1b[J`)
  }
  return {
    draw(lines) {
      if (lines.length === 0 && drawn.length === 0) return
      write(lines)
      drawn = lines
    },
    persist(lines) {
      write(lines)
      drawn = []
    },
  }
}
