/**
 * Text that somebody wrote, in quotes and on one line: what a terminal would act on, and what hides or
 * turns a part of it (CVE-2021-42574), is escaped as JSON knows it.
 */
export function quoted(text: string, longest = 200): string {
  return JSON.stringify(text.slice(0, longest)).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join(''),
  )
}
