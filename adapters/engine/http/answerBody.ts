import type { Readable } from 'node:stream'
import { isEngineError } from '../../../machines/errors.ts'
import type { JSONMessage } from '../../../machines/plugin.ts'
import type { CallContext } from '../words/sentences.ts'
import type { Deadline } from './deadline.ts'
import { isTooDeep, JSONStreamError, jsonStream } from './jsonStream.ts'
import type { Timeouts } from './timeouts.ts'
import { connectionLost, protocolError, toEngineError } from './toEngineError.ts'

/** In bytes. Far more than the largest answer about one plugin; what is read is compared and looked through at once. */
const MAX_TEXT = 1024 * 1024
const MAX_REFUSAL = 64 * 1024
const REFUSAL_MS = 5_000

export interface BodyContext {
  context: CallContext
  deadline: Deadline
  timeouts: Timeouts
}

/** Ways to read a body. Each releases the socket when it is done; each may be used once. */
export class AnswerBody {
  readonly #stream: Readable
  readonly #body: BodyContext

  constructor(stream: Readable, body: BodyContext) {
    this.#stream = stream
    this.#body = body
  }

  /** Every line of a pull's stream; more than `timeouts.idle` without news ends it. */
  eachMessage(
    isNews: (message: JSONMessage) => boolean,
    take: (message: JSONMessage) => void,
  ): Promise<void> {
    return eachMessage(this.#stream, this.#body, isNews, take)
  }

  /** The whole of a short body, within `timeouts.answer`. */
  async text(most = MAX_TEXT): Promise<string> {
    const { context, deadline, timeouts } = this.#body
    const pieces: Buffer[] = []
    let size = 0
    deadline.start(timeouts.answer)
    try {
      for await (const piece of this.#stream as AsyncIterable<Buffer>) {
        size += piece.length
        if (size > most) throw protocolError(context, `more than ${most} bytes`)
        pieces.push(piece)
      }
      return decode(Buffer.concat(pieces), context)
    } catch (error) {
      throw toEngineError(error, context, deadline.reason())
    } finally {
      deadline.dispose()
    }
  }

  /** Nothing, as a call without a result answers. */
  async nothing(): Promise<void> {
    if ((await this.text()).trim() === '') return
    throw protocolError(this.#body.context, 'something where nothing belongs')
  }

  /** The same as JSON; `read` takes it apart and may throw `WrongShape`, or an `EngineError`. */
  async json<T>(read: (value: unknown) => T | Promise<T>, most?: number): Promise<T> {
    return readJSON(await this.text(most), read, this.#body.context)
  }

  /** Reads an error's body: at most 64 KiB of it, in at most 5 s. Never rejects. */
  refusalText(): Promise<string> {
    return refusalText(this.#stream, this.#body)
  }
}

/** To replace what is no UTF-8 would make one name of two: what is granted, or removed, is a name. */
function decode(bytes: Buffer, context: CallContext): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw protocolError(context, 'something that is no UTF-8')
  }
}

/** A line that tells nothing new is silence. */
async function eachMessage(
  stream: Readable,
  { context, deadline, timeouts }: BodyContext,
  isNews: (message: JSONMessage) => boolean,
  take: (message: JSONMessage) => void,
): Promise<void> {
  let isEmpty = true
  deadline.start(timeouts.idle)
  try {
    for await (const messages of jsonStream(stream as AsyncIterable<Buffer>)) {
      isEmpty = false
      let hasNews = false
      for (const message of messages) {
        if (deadline.reason()) throw toEngineError(undefined, context, deadline.reason())
        take(message)
        hasNews = isNews(message) || hasNews
      }
      if (hasNews) deadline.start(timeouts.idle)
    }
  } catch (error) {
    if (isEngineError(error)) throw error
    if (!(error instanceof JSONStreamError)) {
      throw toEngineError(error, context, deadline.reason())
    }
    throw error.kind === 'truncated'
      ? connectionLost(context)
      : protocolError(context, error.message)
  } finally {
    deadline.dispose()
  }
  if (isEmpty) throw connectionLost(context)
}

async function refusalText(stream: Readable, { deadline, timeouts }: BodyContext): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  const clock = setTimeout(() => stream.destroy(), Math.min(REFUSAL_MS, timeouts.answer))
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece.subarray(0, MAX_REFUSAL - size))
      size += piece.length
      if (size >= MAX_REFUSAL) break
    }
  } catch {
    // The status is an answer already; what came of the words is all there is.
  } finally {
    clearTimeout(clock)
    deadline.dispose()
  }
  return Buffer.concat(pieces).toString('utf8')
}

async function readJSON<T>(
  text: string,
  read: (value: unknown) => T | Promise<T>,
  context: CallContext,
): Promise<T> {
  if (isTooDeep(text)) throw protocolError(context, 'something that is nested too deep')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw protocolError(context, 'something that is no JSON')
  }
  try {
    return await read(value)
  } catch (error) {
    if (isEngineError(error)) throw error
    throw protocolError(context, `JSON that is not as documented: ${(error as Error).message}`)
  }
}
