/**
 * Text from outside as a terminal may show it: control characters, line breaks and characters that
 * are invisible or turn the direction of text (CVE-2021-42574) become `\u{…}`, so that nothing is
 * hidden and no escape sequence gets through.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** One line of JSON, in which the same characters are escaped as JSON knows it: its value is kept. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
