import stringWidth from 'string-width'
import { type Paint, paint, plain, type Tone, usesColors } from '../paint.ts'
import type { Output, ProcessIo } from '../processIo.ts'

export interface Piece {
  text: string
  tone?: Tone
}

export interface TerminalStyle {
  paint: Paint
  done: string
  failed: string
  /** Of a step that is not over: it comes again. */
  again: string
  /** The parts of a bar. */
  full: string
  half: string
  empty: string
  ellipsis: string
  spinner: readonly string[]
}

const UNICODE = {
  done: '✔',
  failed: '✖',
  again: '↻',
  full: '━',
  half: '─',
  empty: '·',
  ellipsis: '…',
  spinner: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'],
}
const ASCII = {
  done: '+',
  failed: 'x',
  again: '~',
  full: '=',
  half: '-',
  empty: '.',
  ellipsis: '...',
  spinner: [...'|/-\\'],
}
/** How a terminal shows things, by `NO_COLOR`, `FORCE_COLOR` and the encoding of the locale. */
export function terminalStyle(env: ProcessIo['env']): TerminalStyle {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  const signs = /utf-?8/i.test(locale) ? UNICODE : ASCII
  return { paint: usesColors(env, { isTTY: true }) ? paint : plain, ...signs }
}

export interface Line {
  text: string
  /** Columns it takes. */
  width: number
}

/** One line of at most `columns`. It is cut before it is coloured. */
export function fitLine(pieces: readonly Piece[], columns: number, style: TerminalStyle): Line {
  const fitted = fitText(pieces.map(({ text }) => text).join(''), columns, style.ellipsis)
  let end = 0
  const coloured = pieces.map(({ text, tone }) => {
    const shown = fitted.slice(end, end + text.length)
    end += text.length
    return tone ? style.paint(tone, shown) : shown
  })
  return { text: coloured.join('') + fitted.slice(end), width: stringWidth(fitted) }
}

/**
 * The last lines of a terminal, redrawn in place. The cursor always rests below them, at the start of a line,
 * and is never hidden: the terminal stays usable however the process ends.
 */
export function liveRegion(output: Output, columns: () => number) {
  let drawn: readonly Line[] = []
  const write = (lines: readonly Line[]) => {
    // A terminal that was made narrower has wrapped the lines.
    const rows = drawn.reduce(
      (sum, { width }) => sum + Math.max(Math.ceil(width / columns()), 1),
      0,
    )
    const back = rows > 0 ? `\r\x1b[${rows}A` : ''
    output.write(`${back}${lines.map(({ text }) => `${text}\x1b[K\n`).join('')}\x1b[J`)
  }
  return {
    draw(lines: readonly Line[]) {
      if (lines.length === 0 && drawn.length === 0) return
      write(lines)
      drawn = lines
    },
    /** Writes lines that stay, in place of the region. */
    persist(lines: readonly Line[]) {
      write(lines)
      drawn = []
    },
  }
}

/** In code units, far more than a line of a terminal has; the width of a long text takes seconds to measure. */
const LONGEST = 4_096

/** The beginning of a text that takes at most `columns` of a terminal, with an ellipsis where it was cut. */
export function fitText(text: string, columns: number, ellipsis: string): string {
  if (text.length <= LONGEST && stringWidth(text) <= columns) return text
  if (columns < ellipsis.length) return ''
  let kept = ''
  let width = ellipsis.length
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, LONGEST))) {
    width += stringWidth(segment)
    if (width > columns) break
    kept += segment
  }
  return kept + ellipsis
}
