/** Letters of scripts that are written from right to left, by the blocks that Unicode has set aside for them. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu
/** Where a value could be taken for the end of itself, for another one, or for what stands around it. */
const MISTAKABLE = /[[\](){},;"'`\\\s]/u

/**
 * A value as one word of a line: as it is, or in quotes, so that no part of it can be taken for a second
 * value, and no letter shows it in another order than it has (`/etc` before a path in Hebrew).
 */
export function asWord(value: string): string {
  return MISTAKABLE.test(value) || value.search(RIGHT_TO_LEFT) !== -1 ? inQuotes(value) : value
}

/** The same for words, which have single spaces between them, such as a name of a privilege. */
export function asWords(text: string): string {
  return text
    .split(' ')
    .every((word) => word !== '' && asWord(word) === word && !/[:-]$/.test(word))
    ? text
    : inQuotes(text)
}

function inQuotes(value: string): string {
  const escaped = value
    .replace(/["\\]/g, '\\$&')
    .replace(RIGHT_TO_LEFT, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`)
  return `"${escaped}"`
}
