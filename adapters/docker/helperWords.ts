import { oneLine } from '../../machines/text.ts'
import { cleanerOf } from '../engine/words/withoutSecrets.ts'
import type { Env } from '../process/env.ts'

/** A field of the answer of a helper, or of a configuration, that may have been cut off. */
const SECRET_FIELD =
  /"(?:secret|password|auth|identitytoken|registrytoken)"\s*:\s*"((?:[^"\\]|\\.)*)/gi
const SECRET_VARIABLE = /(?:token|secret|password|passwd|_key|auth_config)$/i
/** Shorter values are ordinary words. */
const SHORTEST_VALUE = 8

/**
 * What a failed credential helper wrote, fit to be shown: its reason is the answer that people look
 * for. Most helpers write it to standard output, where a secret would be too. So whatever looks like an
 * answer is left out, and so are the values of its secret fields, those of the environment's secret
 * variables, and every word that looks like a token. Empty if nothing is left.
 */
export function helperWords(output: string, errors: string, env: Env): string {
  const all = `${output}\n${errors}`
  const inFields = [...all.matchAll(SECRET_FIELD)].map(([, value = '']) => value)
  const inVariables = Object.entries(env).flatMap(([name, value = '']) =>
    SECRET_VARIABLE.test(name) && value.length >= SHORTEST_VALUE ? [value] : [],
  )
  const cleaner = cleanerOf([], [...inFields, ...inFields.map(unescaped), ...inVariables])
  const words = output.includes('{') ? errors : all
  return oneLine(
    cleaner.words(words).replace(/[\w+=-]{6,}/g, (word) => (isToken(word) ? '…' : word)),
  )
}

/** Few names have digits between letters, or are as long as a token; a secret of words cannot be told. */
function isToken(word: string): boolean {
  if (word.startsWith('docker-credential-') || !/\d/.test(word)) return false
  const isMixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && word.length >= 12
  return isMixed || /[a-z]\d+[a-z]/i.test(word) || (/[a-z]/i.test(word) && word.length >= 24)
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`)
  } catch {
    return text
  }
}
