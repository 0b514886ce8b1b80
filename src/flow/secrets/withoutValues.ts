import { decodedViews, type View } from '../../../adapters/engine/words/decodedViews.ts'
import {
  type Cleaner,
  cleanerOfSecrets,
  cutOut,
  folded,
  needlesOf,
  type Range,
  SHORTEST_SECRET,
} from '../../../adapters/engine/words/withoutSecrets.ts'

/** One line of a value of several is looked for by itself. */
const MIN_LINE = 8
/** The longest rest of an escape that was cut, in bytes. */
const MOST_LEFT = 8
const CUT_AT_START = /^(?:u?[\da-f]{1,4}|#?x?\w{1,5};)$/i
/** A view of base64 ends with what is no byte. */
const CUT_AT_END = /^(?:%[\da-f]?|\\(?:u[\da-f]{0,3}|x[\da-f]?)?|&#?\w{0,5}|\uffff)$/i

/** Takes the values of settings out of what came back. */
export interface ValueCleaner extends Cleaner {
  /** Of words that may have been cut, and so begin with the end of a value or end in its beginning. */
  cut(words: string): string
}

/** @param values by `NAME[.FIELD]` */
export function withoutValues(values: ReadonlyMap<string, string>): ValueCleaner {
  const secrets = [...values].flatMap(([name, value]) => textsOf(name, value))
  const needles = needlesOf(secrets)
  const cleaner = cleanerOfSecrets(secrets)
  return { ...cleaner, cut: (words) => withoutParts(cleaner.words(words), needles) }
}

/** A short value is looked for with its name. */
function textsOf(name: string, value: string): string[] {
  if (value === '') return []
  if (value.length < SHORTEST_SECRET) return [`${name}=${value}`]
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE)
  return [value, ...lines]
}

/** Words are cut where a `…` is, and at their end. */
function withoutParts(words: string, needles: readonly string[]): string {
  if (needles.length === 0) return words
  const ranges: Range[] = []
  let start = 0
  for (const piece of words.split('…')) {
    const end = start + piece.length
    for (const view of decodedViews(piece, SHORTEST_SECRET)) {
      for (const needle of needles) {
        const tail = start === 0 ? 0 : endAtStart(view, needle)
        if (tail > 0) ranges.push([start - 1, start + tail])
        const head = beginningAtEnd(view, needle, piece.length)
        if (head < piece.length) ranges.push([start + head, end + 1])
      }
    }
    start = end + 1
  }
  return cutOut(words, ranges)
}

/** Returns where the end of a secret that the view begins with is over, or 0. */
function endAtStart({ text, from, to }: View, needle: string): number {
  for (let left = 0; left <= MOST_LEFT; left++) {
    if (left > 0 && !CUT_AT_START.test(text.slice(0, left))) continue
    if (from(left) > 2 * MOST_LEFT) return 0
    const rest = folded(text.slice(left, left + needle.length))
    for (let length = longest(needle, rest); length >= SHORTEST_SECRET; length--) {
      if (rest.startsWith(needle.slice(-length))) return to(left + length - 1)
    }
  }
  return 0
}

/** Returns where the beginning of a secret that the view ends in starts, or the length of the source. */
function beginningAtEnd({ text, from, to }: View, needle: string, sourceLength: number): number {
  for (let left = 0; left <= Math.min(MOST_LEFT, text.length - 1); left++) {
    const end = text.length - left
    if (left > 0 && !CUT_AT_END.test(text.slice(end))) continue
    if (to(end - 1) < sourceLength - 2 * MOST_LEFT) return sourceLength
    const rest = folded(text.slice(Math.max(0, end - needle.length), end))
    for (let length = longest(needle, rest); length >= SHORTEST_SECRET; length--) {
      if (rest.endsWith(needle.slice(0, length))) return from(end - length)
    }
  }
  return sourceLength
}

function longest(needle: string, rest: string): number {
  return Math.min(needle.length - 1, rest.length)
}
