import type { Surroundings } from './surroundings.ts'

/** What a piece of a line stands for; colours follow from it. */
export type Tone = 'done' | 'failed' | 'active' | 'quiet'

export interface Piece {
  text: string
  tone?: Tone
}

export interface TerminalStyle {
  color: boolean
  done: string
  failed: string
  /** Of a bar. */
  full: string
  half: string
  empty: string
  ellipsis: string
  spinner: readonly string[]
}

const UNICODE = {
  done: '✔',
  failed: '✖',
  full: '━',
  half: '─',
  empty: '·',
  ellipsis: '…',
  spinner: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'],
}
const ASCII = {
  done: '+',
  failed: 'x',
  full: '=',
  half: '-',
  empty: '.',
  ellipsis: '...',
  spinner: [...'|/-\\'],
}
const SEQUENCES: Readonly<Record<Tone, string>> = {
  done: '32',
  failed: '31',
  active: '36',
  quiet: '2',
}

/** What the environment says the terminal can show (`NO_COLOR`, and the locale's encoding). */
export function terminalStyle(env: Surroundings['env']): TerminalStyle {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return { color: !env.NO_COLOR, ...(/utf-?8/i.test(locale) ? UNICODE : ASCII) }
}

export interface Line {
  text: string
  /** Columns it takes. */
  width: number
}

/** One line of at most `columns`, coloured after it was cut. */
export function fitLine(pieces: readonly Piece[], columns: number, style: TerminalStyle): Line {
  let line = ''
  let width = 0
  for (const { text, tone } of pieces) {
    const fitting = fitText(text, columns - width, style.ellipsis)
    line += style.color && tone ? `\x1b[${SEQUENCES[tone]}m${fitting}\x1b[0m` : fitting
    width += textWidth(fitting)
    if (fitting !== text) break
  }
  return { text: line, width }
}

/** The beginning of a text that takes at most `columns`, with an ellipsis where it was cut. */
export function fitText(text: string, columns: number, ellipsis: string): string {
  if (textWidth(text) <= columns) return text
  let kept = ''
  for (const character of text) {
    if (textWidth(kept + character) > columns - ellipsis.length) break
    kept += character
  }
  return columns < ellipsis.length ? '' : kept + ellipsis
}

/** Columns of a terminal; characters of East Asian scripts and pictures take two. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : 1
  return width
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{3fffd}]/u
