/** Answers of engines have fewer than ten levels. */
const MOST_LEVELS = 200

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{`, as their code points with the bit that parts them set. */
const OPENING = 0x7b
const CLOSING = 0x7d
const BRACE_BIT = 0x20

/**
 * Whether JSON is nested so deep that a function that walks it by calling itself may run out of stack: the
 * parser does not, and what fails after it would be taken for a fault of the host.
 */
export function isTooDeep(text: string): boolean {
  // Every level takes two characters; this is nearly every line of a pull.
  if (text.length <= 2 * MOST_LEVELS) return false
  let level = 0
  let isString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === BACKSLASH) index += 1
      else if (code === QUOTE) isString = false
    } else if (code === QUOTE) isString = true
    else if ((code | BRACE_BIT) === OPENING) {
      level += 1
      if (level > MOST_LEVELS) return true
    } else if ((code | BRACE_BIT) === CLOSING) level -= 1
  }
  return false
}
