/**
 * Text from outside as a terminal may show it: control characters, line breaks and characters that
 * are invisible or turn the direction of text (CVE-2021-42574) become `\u{…}`, so that nothing is
 * hidden and no escape sequence gets through.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/**
 * One line of JSON, in which the same characters are escaped as JSON knows it: its value is kept.
 * With an `indent`, the lines of its structure.
 */
export function visibleJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, (character) =>
    // JSON has no line break within a value.
    character === '\n' ? character : character.split('').map(escapeUnit).join(''),
  )
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
