/**
 * Characters that a reader does not see, or not as what they are: control characters and line breaks,
 * format characters such as those that turn the direction of text (CVE-2021-42574), lone surrogates,
 * whatever Unicode calls default-ignorable (Hangul fillers, variation selectors, tags), and blanks other
 * than the space, the empty Braille pattern, the Khitan filler and the null notehead among them.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}]|(?! )\p{Zs}/gu

/**
 * Text from outside as a terminal or a page may show it: unseen characters become `\u{…}`, so that
 * nothing is hidden and no escape sequence gets through.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
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
  return JSON.stringify(value, null, indent).replace(UNSEEN, (character) =>
    // A line break in a value is escaped already: this one is of the structure.
    character === '\n' ? character : character.split('').map(escapeUnit).join(''),
  )
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}
