import { binaryOf, decodedViews, type View } from './decodedViews.ts'

/** In characters. Shorter secrets cannot be told from ordinary words. */
export const SHORTEST_SECRET = 4
const SECRET_FIELDS = ['password', 'identitytoken', 'registrytoken', 'auth']
/** In names and paths, which decide, a secret that is written as short as they are is left. */
const SHORTEST_IN_DATA = 12
/** Deeper nested parts of a value are left out: no answer of an engine is. */
const DEEPEST = 64
/** In characters. A longer text is looked at in parts, so that its views take little room. */
const PART = 65_536
/** So many times longer is a text when it is escaped twice, at most. */
const LONGEST_ESCAPE = 36

/**
 * Takes what was sent in `X-Registry-Auth`, and other secrets that were, out of what came back: an
 * engine, a proxy or a registry may quote it, and what it says is shown and logged.
 */
export interface Cleaner {
  /** Words for people. */
  words(text: string): string
  /** Every text in a value that is acted on, such as a list of privileges. */
  data<Value>(value: Value): Value
  /** The same for a whole answer, of which megabytes may come: whatever else the process does goes on meanwhile. */
  dataInTurns<Value>(value: Value): Promise<Value>
}

/** @param registryAuths values of `X-Registry-Auth` */
export function cleanerOf(registryAuths: readonly string[], others: readonly string[]): Cleaner {
  return cleanerOfSecrets([...registryAuths.flatMap(secretsIn), ...others])
}

/** Takes them out in whatever way they are escaped. */
export function cleanerOfSecrets(secrets: readonly string[]): Cleaner {
  const needles = needlesOf(secrets)
  return {
    words: (text) => withoutNeedles(text, needles, 1),
    data: (value) =>
      needles.length === 0 ? value : mapTexts(value, (text) => inData(text, needles)),
    dataInTurns: async (value) => (needles.length === 0 ? value : inTurns(value, needles)),
  }
}

async function inTurns<Value>(value: Value, needles: readonly string[]): Promise<Value> {
  const cleaned = new Map<string, string>()
  let work = 0
  for (const text of textsIn(value)) {
    if (cleaned.has(text) || text.length < SHORTEST_IN_DATA) continue
    const ranges: Range[] = []
    for (const found of rangesByPart(text, needles, SHORTEST_IN_DATA)) {
      for (const range of found) ranges.push(range)
      work += Math.min(text.length, PART)
      if (work < PART) continue
      work = 0
      await new Promise((resolve) => setTimeout(resolve))
    }
    cleaned.set(text, cutOut(text, ranges))
  }
  return mapTexts(value, (text) => cleaned.get(text) ?? text)
}

function* textsIn(value: unknown, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value !== 'object' || value === null || depth === DEEPEST) return
  for (const [name, field] of Object.entries(value)) {
    if (!Array.isArray(value)) yield name
    yield* textsIn(field, depth + 1)
  }
}

function inData(text: string, needles: readonly string[]): string {
  return text.length < SHORTEST_IN_DATA ? text : withoutNeedles(text, needles, SHORTEST_IN_DATA)
}

/** Secrets as bytes, as they are looked for. */
export function needlesOf(secrets: readonly string[]): string[] {
  const texts = secrets.flatMap((secret) => [
    secret,
    // As a message of one line holds it.
    secret.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim(),
  ])
  const long = texts.filter(({ length }) => length >= SHORTEST_SECRET)
  return [...new Set(long.map((text) => folded(binaryOf(text))))]
}

/** A form writes a space as a plus, which other addresses write as it is. */
export function folded(text: string): string {
  return text.replaceAll('+', ' ')
}

/** Of a text; what is at `to` is not in it. */
export type Range = readonly [from: number, to: number]

function withoutNeedles(text: string, needles: readonly string[], shortest: number): string {
  if (needles.length === 0) return text
  return cutOut(text, [...rangesByPart(text, needles, shortest)].flat())
}

/** Where the needles are, part by part. */
function* rangesByPart(
  text: string,
  needles: readonly string[],
  shortest: number,
): Generator<Range[]> {
  const lengths = needles.map(({ length }) => length)
  const overlap = Math.max(...lengths) * LONGEST_ESCAPE
  const step = Math.max(PART, overlap)
  for (let start = 0; start === 0 || start < text.length; start += step) {
    const ranges: Range[] = []
    const part = text.slice(start, start + step + overlap)
    for (const view of decodedViews(part, Math.min(...lengths))) {
      for (const [from, to] of rangesIn(view, needles)) {
        if (to - from >= shortest) ranges.push([start + from, start + to])
      }
    }
    yield ranges
  }
}

function* rangesIn({ text, from, to }: View, needles: readonly string[]): Generator<Range> {
  const searched = folded(text)
  for (const needle of needles) {
    for (let at = searched.indexOf(needle); at !== -1; at = searched.indexOf(needle, at)) {
      const end = at + needle.length
      yield [from(at), to(end - 1)]
      at = end
    }
  }
}

/** Ranges may lie across each other. */
export function cutOut(text: string, ranges: readonly Range[]): string {
  let left = ''
  let cut = 0
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    if (from >= cut) left += `${text.slice(cut, from)}…`
    cut = Math.max(cut, to)
  }
  return left + text.slice(cut)
}

/** The value itself where nothing in it changes, as in nearly every line of a pull. */
function mapTexts<Value>(value: Value, change: (text: string) => string, depth = 0): Value {
  if (typeof value === 'string') return change(value) as Value
  if (typeof value !== 'object' || value === null) return value
  if (depth === DEEPEST) return null as Value
  let isSame = true
  const entries = Object.entries(value).map(([name, field]): [string, unknown] => {
    const entry: [string, unknown] = [change(name), mapTexts(field, change, depth + 1)]
    isSame &&= entry[0] === name && entry[1] === field
    return entry
  })
  if (isSame) return value
  const changed = Array.isArray(value)
    ? entries.map(([, item]) => item)
    : Object.fromEntries(entries)
  return changed as Value
}

/** The header as it is, without its padding and in the other alphabet, and the secret fields in it. */
function secretsIn(registryAuth: string): string[] {
  const bare = registryAuth.replace(/=+$/, '')
  const secrets = [registryAuth, bare, bare.replaceAll('-', '+').replaceAll('_', '/')]
  try {
    const config: unknown = JSON.parse(textOfAuth(registryAuth))
    const fields = (config ?? {}) as Record<string, unknown>
    for (const field of SECRET_FIELDS) {
      const value = fields[field]
      if (typeof value === 'string') secrets.push(value)
    }
  } catch {
    // Not JSON: there is nothing inside it to look for.
  }
  return secrets
}

/** The JSON in a value of `X-Registry-Auth`; may throw where it is no base64. */
export function textOfAuth(registryAuth: string): string {
  const binary = atob(registryAuth.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)))
}
