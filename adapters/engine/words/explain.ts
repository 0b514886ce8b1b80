import { defined } from '../../../machines/defined.ts'
import type { OperationId } from '../../../machines/engine.ts'
import { EngineError, type EngineErrorDetails } from '../../../machines/errors.ts'
import { oneLine } from '../../../machines/text.ts'
import { errorPhrases } from './errorPhrases.ts'
import {
  type CallContext,
  type ErrorPhrase,
  SENTENCES,
  type SpokenCode,
  sentence,
} from './sentences.ts'

/** Characters, the last ones, where the cause is; also bounds what the patterns are matched against. */
const MAX_WORDS = 8_192

const FALLBACKS: Partial<Record<OperationId, SpokenCode>> = {
  pluginPull: 'pull-failed',
  pluginUpgrade: 'upgrade-failed',
  pluginSet: 'set-failed',
  pluginEnable: 'enable-failed',
}

/** An engine's report of a failure. */
export interface EngineMessage {
  /** Its own words; empty where it had none. */
  words: string
  status?: number
  inStream?: true
}

/** Turns an engine's words about a failure into the one error that a port rejects with. */
export function explain(context: CallContext, message: EngineMessage): EngineError {
  const { operation } = context
  const { status, inStream } = message
  const words = message.words.slice(-MAX_WORDS)
  const phrase = findPhrase(context, { ...message, words })
  const found = phrase?.words.exec(words)?.groups
  const code = phrase?.code ?? FALLBACKS[operation] ?? 'engine-failed'
  const { transient, masked, alreadyEnabled, next } = phrase ?? {}
  const details: EngineErrorDetails = defined({
    operation,
    status,
    engineMessage: words || undefined,
    inStream,
    transient,
    masked,
    alreadyEnabled,
    hostPath: operation === 'pluginEnable' ? found?.path : undefined,
    next: next && sentence(next, context, '', found),
  })
  const line =
    oneLine(words) ||
    (status === undefined ? 'it gave no words' : `it answered with status ${status} and no words`)
  return new EngineError(
    code,
    sentence(phrase?.says ?? SENTENCES[code], context, line, found),
    details,
  )
}

/** The first phrase that fits, as far as the words are known. */
function findPhrase(
  { operation, hasCredentials = false }: CallContext,
  { words, status, inStream = false }: Omit<EngineMessage, 'inStream'> & { inStream?: boolean },
): ErrorPhrase | undefined {
  return errorPhrases.find(
    (phrase) =>
      (phrase.operations?.includes(operation) ?? true) &&
      (phrase.statuses === undefined ||
        (status !== undefined && phrase.statuses.includes(status))) &&
      (phrase.inStream ?? inStream) === inStream &&
      (phrase.withCredentials ?? hasCredentials) === hasCredentials &&
      phrase.words.test(words),
  )
}
