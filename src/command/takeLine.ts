/** What was taken of a text; `line` is absent where it ends without one. */
export interface Taken {
  line?: string
  rest: string
  /** A Ctrl-C was typed. */
  isInterrupted?: boolean
}

/** Takes a line off the front of a text. `undefined`: there has to come more of it. */
export type Take = (text: string, isEnded: boolean) => Taken | undefined

const LONGEST = 65_536

/** A line as it is sent; at the end of the input what is left is one. */
export const takeLine: Take = (text, isEnded) => {
  const end = text.indexOf('\n')
  if (end !== -1) return { line: text.slice(0, end), rest: text.slice(end + 1) }
  if (text.length >= LONGEST || (isEnded && text !== '')) return { line: text, rest: '' }
  return isEnded ? { rest: '' } : undefined
}

/**
 * A line as it is typed on a terminal that leaves the keys to us: Enter ends it, Ctrl-C and, on an
 * empty line, Ctrl-D end it without one. What comes in pieces is looked at from its beginning again.
 */
export const takeTypedLine: Take = (text, isEnded) => {
  for (let at = 0; at < text.length; at++) {
    const key = text[at]
    const rest = text.slice(at + 1)
    if (key === '\x03') return { rest, isInterrupted: true }
    if (key === '\x04' && edited(text.slice(0, at)) === '') return { rest }
    if (key === '\r' || key === '\n') return { line: edited(text.slice(0, at)), rest }
  }
  return isEnded || text.length >= LONGEST ? { rest: '' } : undefined
}

/** What is left of the keys typed: Backspace and Ctrl-U are done, other keys that write nothing skipped. */
function edited(keys: string): string {
  let line: string[] = []
  for (const key of keys.replace(SEQUENCES, '')) {
    if (key === '\x7f' || key === '\b') line = line.slice(0, -1)
    else if (key === '\x15') line = []
    else if (!/\p{Cc}/u.test(key)) line.push(key)
  }
  return line.join('')
}

/** What arrows, function keys and a paste in brackets send. */
const SEQUENCES = /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]?|O[\x40-\x7e]?|[\x20-\x7e])?/g
