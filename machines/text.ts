/** Characters that would break a line, or hide or turn a part of it (CVE-2021-42574). */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** In characters. */
const MAX_LINE = 300

/**
 * Words from outside as one short line: what is unsafe in a line becomes spaces. Of long ones the end is
 * kept, where Go puts the cause.
 */
export function oneLine(words: string): string {
  const end = words.slice(-MAX_LINE * 4)
  const line = end.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim()
  if (line === '') return ''
  const isWhole = end === words && line.length <= MAX_LINE
  return isWhole ? line : `…${line.slice(1 - MAX_LINE).replace(/^[\udc00-\udfff]/, '')}`
}

/** A text in quotes and on one line, escaped as in JSON. */
export function quoted(text: string, longest = 200): string {
  return JSON.stringify(text.slice(0, longest)).replace(UNSAFE, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

/** The first few of a list, and how many more there are. */
export function listSome(names: readonly string[], most = 5): string {
  const more = names.length - most
  const shown = names.slice(0, most).join(', ')
  return more > 0 ? `${shown} and ${more} more` : shown
}
