/** No path of Linux is longer (PATH_MAX), and no reference is. */
export const LONGEST = 4_096

const ANY = Symbol('**')
const ANY_IN_SEGMENT = Symbol('*')
type Part = string | typeof ANY | typeof ANY_IN_SEGMENT

/**
 * Whether a text matches a pattern, in which `*` stands for any characters but `/`, `**` for any at all, and
 * every other character for itself. A text longer than `LONGEST` matches nothing.
 *
 * The author of a plugin chooses the text. So the time is at most the product of both lengths, which no regular
 * expression of V8 promises: those try one way after the other, of which a few stars make very many.
 *
 * @throws RangeError when the pattern is longer than `LONGEST`
 */
export function glob(pattern: string): (text: string) => boolean {
  if (pattern.length > LONGEST) {
    throw new RangeError(`a pattern has at most ${LONGEST} characters, and not ${pattern.length}`)
  }
  const parts = partsOf(pattern)
  return (text) => text.length <= LONGEST && matches(parts, text)
}

function partsOf(pattern: string): Part[] {
  // More stars in a row than two are two and others, which stand for nothing more.
  return pattern.split(/(\*+)/).flatMap((part): Part[] => {
    if (!part.startsWith('*')) return part.split('')
    return [part === '*' ? ANY_IN_SEGMENT : ANY]
  })
}

/** Follows all ways at once: `reached[n]` is whether the text so far can be what the first n parts stand for. */
function matches(parts: readonly Part[], text: string): boolean {
  let reached = passStars(parts, new Uint8Array(parts.length + 1).fill(1, 0, 1))
  for (const character of text.split('')) {
    const next = new Uint8Array(parts.length + 1)
    for (const [index, part] of parts.entries()) {
      if (!reached[index]) continue
      if (part === character) next[index + 1] = 1
      if (part === ANY || (part === ANY_IN_SEGMENT && character !== '/')) next[index] = 1
    }
    reached = passStars(parts, next)
  }
  return reached[parts.length] === 1
}

/** A star stands for nothing, too. */
function passStars(parts: readonly Part[], reached: Uint8Array): Uint8Array {
  for (const [index, part] of parts.entries()) {
    if (reached[index] && typeof part !== 'string') reached[index + 1] = 1
  }
  return reached
}
