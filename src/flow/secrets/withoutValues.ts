import { SHORTEST_SECRET, secretForms } from '../../../adapters/engine/words/secretForms.ts'
import { type Cleaner, cleanerOfForms } from '../../../adapters/engine/words/withoutSecrets.ts'

/** One line of a value of several is looked for by itself. */
const MIN_LINE = 8

/** Takes the values of settings out of what came back. */
export interface ValueCleaner extends Cleaner {
  /** Of words that may have been cut to a length, and so end in the beginning of a value. */
  cut(words: string): string
}

/** @param values by `NAME[.FIELD]` */
export function withoutValues(values: ReadonlyMap<string, string>): ValueCleaner {
  const forms = [...values].flatMap(([name, value]) => textsOf(name, value))
  const cleaner = cleanerOfForms(forms)
  return { ...cleaner, cut: (words) => forms.reduce(withoutBeginning, cleaner.words(words)) }
}

/** A short value is looked for with its name. */
function textsOf(name: string, value: string): string[] {
  if (value === '') return []
  if (value.length < SHORTEST_SECRET) return secretForms(`${name}=${value}`)
  const lines = value.split(/\r?\n/).filter((line) => line.length >= MIN_LINE)
  return [value, ...lines].flatMap(secretForms)
}

function withoutBeginning(words: string, form: string): string {
  const text = words.endsWith('…') ? words.slice(0, -1) : words
  for (let length = Math.min(form.length - 1, text.length); length >= SHORTEST_SECRET; length--) {
    if (text.endsWith(form.slice(0, length))) return `${text.slice(0, -length)}…`
  }
  return words
}
