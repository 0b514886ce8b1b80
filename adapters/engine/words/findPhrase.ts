import type { EngineErrorDetails } from '../../../machines/errors.ts'
import { type ErrorPhrase, errorPhrases } from './errorPhrases.ts'
import { type Operation, operations } from './operation.ts'

/** Where some words came from. */
export interface PhraseContext {
  operation: Operation
  status?: number
  inStream: boolean
}

/** What the words mean, as far as anything is known of them. */
export function findPhrase(words: string, context: PhraseContext): ErrorPhrase | undefined {
  const { operation, status, inStream } = context
  return errorPhrases.find(
    (phrase) =>
      (phrase.operations?.includes(operation) ?? true) &&
      (phrase.statuses === undefined ||
        (status !== undefined && phrase.statuses.includes(status))) &&
      (phrase.inStream ?? inStream) === inStream &&
      phrase.words.test(words),
  )
}

/**
 * Whether a failure's words tell of something between the engine and a registry that passes by itself:
 * true of the `details` of an error of a pull or a lookup, never of another one.
 */
export function isTransient(details: EngineErrorDetails): boolean {
  const { operation, engineMessage = '', status, inStream = false } = details
  const known = operations.find((each) => each === operation)
  if (known === undefined) return false
  const context = { operation: known, inStream, ...(status === undefined ? {} : { status }) }
  return findPhrase(engineMessage, context)?.transient === true
}
