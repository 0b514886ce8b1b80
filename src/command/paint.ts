import { styleText } from 'node:util'

/** The meaning of a text on a terminal; its colour follows from it. The dangers are those of privileges. */
export type Tone =
  | 'done'
  | 'failed'
  | 'active'
  | 'quiet'
  | 'strong'
  | 'critical'
  | 'high'
  | 'medium'
  | 'low'

export type Paint = (tone: Tone, text: string) => string

const FORMATS: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  done: 'green',
  failed: 'red',
  active: 'cyan',
  quiet: 'dim',
  strong: 'bold',
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'dim',
}

/** Words of `FORCE_COLOR` that ask for colours, as Node.js reads it. */
const FORCED = ['', '1', '2', '3', 'true']

/** Whether to write colours: `FORCE_COLOR` decides, then `NO_COLOR`, then whether a terminal can show them. */
export function usesColors(
  { FORCE_COLOR, NO_COLOR, TERM }: Readonly<Record<string, string | undefined>>,
  { isTTY = false }: { isTTY?: boolean },
): boolean {
  if (FORCE_COLOR !== undefined) return FORCED.includes(FORCE_COLOR)
  return isTTY && !NO_COLOR && TERM !== 'dumb'
}

/** Does not look at the process, as `styleText` would by itself: the caller has. */
export const paint: Paint = (tone, text) =>
  text === '' ? text : styleText(FORMATS[tone], text, { validateStream: false })

export const plain: Paint = (_, text) => text
