/** A value, and the place of what follows it; or the reason why the text is invalid. Neither quotes the text. */
export interface ParsedJson {
  value?: unknown
  problem?: string
  rest?: string
}

/** Parses the first JSON value of a text, and says where a person finds what is wrong. */
export function parseJson(text: string): ParsedJson {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const { message } = error as SyntaxError
    const at = reportedPlace(message) ?? placeOfError(text)
    if (message.includes('after JSON')) {
      return { value: JSON.parse(text.slice(0, at)), rest: describePlace(text, at) }
    }
    return { problem: explain(text, at) }
  }
}

function explain(text: string, at: number): string {
  const place = describePlace(text, at)
  const [before, rest] = [text.slice(0, at), text.slice(at)]
  if (rest.trim() === '') return `it ends too early, ${describePlace(text, text.trimEnd().length)}`
  if (/^[/#]/.test(rest)) return `there is a comment ${place}`
  if (/^[}\]]/.test(rest) && /,\s*$/.test(before)) {
    return `there is a comma before the closing bracket ${place}`
  }
  if (rest.startsWith("'")) return `there is ' in place of " ${place}`
  if (/^["[{]/.test(rest) && /["\]}\w]\s*$/.test(before)) {
    return `a comma or a colon is missing ${place}`
  }
  const unexpected = describeCharacter(rest)
  return unexpected ? `there is ${unexpected} ${place}` : `look ${place}`
}

/** A character that belongs nowhere outside of a string, or that no string may have. */
function describeCharacter(text: string): string | undefined {
  const [character = ''] = text
  if (/^[\x20-\x7e]$/.test(character)) return undefined
  const code = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  if (character === '\ufeff') return `a byte order mark (U+${code})`
  const isHidden = /^[\p{Cc}\p{Cf}\p{Z}]$/u.test(character)
  return isHidden ? `a character that editors do not show (U+${code})` : `the character U+${code}`
}

function describePlace(text: string, at: number): string {
  const before = text.slice(0, at)
  return `at line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`
}

/** V8 reports the place of most errors, but not that of an unexpected token. */
function reportedPlace(message: string): number | undefined {
  const place = /at position (\d+)/.exec(message)?.[1]
  return place === undefined ? undefined : Number(place)
}

/** The end of the longest beginning that is merely incomplete. */
function placeOfError(text: string): number {
  let [incomplete, wrong] = [0, text.length]
  while (wrong - incomplete > 1) {
    const middle = Math.floor((incomplete + wrong) / 2)
    if (isIncomplete(text.slice(0, middle))) incomplete = middle
    else wrong = middle
  }
  return isIncomplete(text) ? text.length : incomplete
}

function isIncomplete(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as SyntaxError
    return message.includes('Unexpected end') || reportedPlace(message) === text.length
  }
}
