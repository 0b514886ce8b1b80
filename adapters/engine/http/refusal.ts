import type { EngineError } from '../../../machines/errors.ts'
import { explain } from '../words/explain.ts'
import type { CallContext } from '../words/sentences.ts'
import type { Cleaner } from '../words/withoutSecrets.ts'
import type { AnswerBody } from './answerBody.ts'
import { noAnswerBehind, notLetIn, protocolError } from './toEngineError.ts'

interface RefusedAnswer extends Pick<AnswerBody, 'refusalText'> {
  header(name: string): string | undefined
  context: CallContext
  clean: Cleaner
}

/** Reads an answer that is no success to its end, and says what it means. */
export async function refusal(status: number, answer: RefusedAnswer): Promise<EngineError> {
  const { context, clean } = answer
  const text = await answer.refusalText()
  if (answer.header('content-encoding')) {
    return protocolError(context, 'a compressed body, which was not asked for', { status })
  }
  if (status < 400) return protocolError(context, `a redirection (status ${status})`, { status })
  if (status > 599)
    return protocolError(context, `a status that has no meaning (${status})`, { status })
  if (isOfGateway(status, text)) return noAnswerBehind(context, status)
  if (isPage(text, answer.header('content-type'))) {
    // A proxy before the engine; of other calls it is not known what the engine has done.
    if (context.operation === 'systemPing' && [401, 403, 407].includes(status)) {
      return notLetIn(context, status)
    }
    return protocolError(context, `a web page (status ${status})`, { status })
  }
  const words = messageOf(text)
  if (words === undefined) {
    const what = `an error of another form (status ${status})`
    return protocolError(context, what, { status })
  }
  // Not before it was decoded: JSON can write any letter as its number.
  return explain(context, { words: clean.words(words), status })
}

/**
 * Whether a proxy speaks in place of an engine that did not answer it. No engine knows 502 and 504; its own
 * 503 has a message.
 */
function isOfGateway(status: number, text: string): boolean {
  return status === 502 || status === 504 || (status === 503 && !/^\s*\{\s*"message"/.test(text))
}

function isPage(text: string, contentType = ''): boolean {
  return contentType.includes('html') || /^\s*</.test(text)
}

/**
 * `{"message": …}`, or the plain text that version checks of old engines answer with (recording
 * `version.too-old`). `undefined`: it is JSON, and not that.
 */
function messageOf(text: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text.trim()
  }
  const message: unknown = (value as { message?: unknown } | null)?.message
  return typeof message === 'string' ? message : undefined
}
