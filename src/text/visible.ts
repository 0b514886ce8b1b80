/**
 * Characters that a reader does not see, or not as what they are: control characters and line breaks,
 * format characters such as those that turn the direction of text (CVE-2021-42574), lone surrogates,
 * whatever Unicode calls default-ignorable (Hangul fillers, variation selectors, tags), and blanks other
 * than the space, the empty Braille pattern, the Khitan filler and the null notehead among them. Marks too
 * that have no letter or digit to combine with, or are more than three on one: they strike out what stands
 * beside them.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}]|(?! )\p{Zs}|(?<![\p{L}\p{N}\p{M}])\p{M}|(?<=\p{M}{3})\p{M}/gu

/**
 * Text from outside as a terminal or a page may show it: unseen characters become `\u{…}`, so that
 * nothing is hidden and no escape sequence gets through.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, numbered)
}

/**
 * The same for words of an engine, a registry or a program: letters that are written from right to left would show
 * what stands beside them in another order than it has, and become `\u{…}` as well.
 */
export function inOrder(words: string): string {
  return visible(words).replace(RIGHT_TO_LEFT, numbered)
}

function numbered(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`
}

/** The same, cut to a number of characters. */
export function clip(text: string, most: number): string {
  const characters = [...visible(text)]
  return characters.length <= most
    ? characters.join('')
    : `${characters.slice(0, most - 1).join('')}…`
}

/**
 * A value as one line of JSON, in which the same characters are written as JSON's own escapes, so that
 * the value is kept. With an `indent`, as the lines of its structure.
 */
export function visibleJson(value: unknown, indent = 0): string {
  const escaped = (character: string) =>
    // A line break in a value is escaped already: this one is of the structure.
    character === '\n' ? character : character.split('').map(escapeUnit).join('')
  return JSON.stringify(value, null, indent)
    .replace(UNSEEN, escaped)
    .replace(RIGHT_TO_LEFT, escaped)
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

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
  return MISTAKABLE.test(value) || value.match(RIGHT_TO_LEFT) ? inQuotes(value) : value
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
  const escaped = value.replace(/["\\]/g, '\\$&').replace(RIGHT_TO_LEFT, numbered)
  return `"${escaped}"`
}
