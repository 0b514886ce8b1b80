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

/** Where in a JSON value something is: names of fields, and indexes. */
export type JsonPath = readonly (string | number)[]

/** `at line 3, column 5`, of the value at a path of a valid text, or of the nearest one around it that exists. */
export function placeInJson(text: string, path: JsonPath): string {
  let [found, depth] = [0, -1]
  walk(text, (at, where) => {
    const isOnTheWay = where.length > depth && where.every((part, index) => part === path[index])
    if (isOnTheWay) [found, depth] = [at, where.length]
  })
  return describePlace(text, found)
}

/** A field of a valid text whose name an object of the text has already: of two `JSON.parse` takes the last. */
export function findRepeated(text: string): { name: string; place: string } | undefined {
  let repeated: { name: string; place: string } | undefined
  walk(text, (at, path, names) => {
    const name = path.at(-1)
    if (typeof name === 'string' && names?.has(name)) {
      repeated ??= { name, place: describePlace(text, at) }
    }
  })
  return repeated
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]|[^\s{}[\],:"]+/gs

/** Visits every value of a valid text; a field at its name, with the names that came before it in its object. */
function walk(
  text: string,
  visit: (at: number, path: JsonPath, names?: ReadonlySet<string>) => void,
): void {
  const path: (string | number)[] = []
  /** The names in each open object; a list has none. */
  const open: (Set<string> | undefined)[] = []
  let isName = false
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const names = open.at(-1)
    if (token === '}' || token === ']') {
      open.pop()
      path.pop()
      isName = false
    } else if (token === ',') {
      isName = names !== undefined
      if (!isName) path.push(Number(path.pop()) + 1)
    } else if (isName) {
      const name: string = JSON.parse(token)
      path.splice(-1, 1, name)
      visit(index, path, names)
      names?.add(name)
      isName = false
    } else {
      // A field was visited at its name.
      if (!names) visit(index, path)
      isName = token === '{'
      if (!isName && token !== '[') continue
      open.push(isName ? new Set() : undefined)
      path.push(isName ? '' : 0)
    }
  }
}
