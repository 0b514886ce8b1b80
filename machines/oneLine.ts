const MAX_LENGTH = 300

/**
 * Words from outside as one short line that a terminal can show: control characters, line breaks
 * and characters that turn the direction of text (CVE-2021-42574) become spaces.
 */
export function oneLine(words: string): string {
  const line = words
    .slice(0, MAX_LENGTH * 4)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ')
    .trim()
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line
}
