import type { Readable } from 'node:stream'
import type { Concern } from '../words/operation.ts'
import type { Deadline } from './deadline.ts'
import type { Timeouts } from './timeouts.ts'
import { protocolError, toEngineError } from './toEngineError.ts'

/** Far more than the largest answer of the plugin endpoints. */
const MAX_TEXT = 8 * 1024 * 1024
const MAX_REFUSAL = 64 * 1024
const REFUSAL_MS = 5_000

/** Ways to read a body. Each releases the socket when it is done; each may be used once. */
export interface AnswerBody {
  /** Piece by piece; a gap of more than `timeouts.idle` ends it. */
  chunks(): AsyncGenerator<Buffer, void, undefined>
  /** The whole of a short body, within `timeouts.answer`. */
  text(): Promise<string>
  /** Nothing, as a call without a result answers. */
  nothing(): Promise<void>
  /** The same as JSON; `read` takes it apart and may throw `WrongShape`. */
  json<T>(read: (value: unknown) => T): Promise<T>
  /** What came of an error's body: at most 64 KiB of it, in at most 5 s. Never rejects. */
  refusalText(): Promise<string>
}

export interface BodyContext {
  concern: Concern
  deadline: Deadline
  timeouts: Timeouts
}

export function answerBody(stream: Readable, context: BodyContext): AnswerBody {
  const { concern, deadline, timeouts } = context
  const fail = (error: unknown) => toEngineError(error, concern, deadline.reason())
  const text = async () => {
    const pieces: Buffer[] = []
    let size = 0
    deadline.start(timeouts.answer)
    try {
      for await (const piece of stream as AsyncIterable<Buffer>) {
        size += piece.length
        if (size > MAX_TEXT) throw protocolError(concern, `more than ${MAX_TEXT} bytes`)
        pieces.push(piece)
      }
      return decode(Buffer.concat(pieces), concern)
    } catch (error) {
      throw fail(error)
    } finally {
      deadline.dispose()
    }
  }
  return {
    chunks: () => chunks(stream, context),
    text,
    nothing: async () => {
      if ((await text()).trim() !== '')
        throw protocolError(concern, 'something where nothing belongs')
    },
    json: async (read) => readJSON(await text(), read, concern),
    refusalText: () => refusalText(stream, context),
  }
}

/** To replace what is no UTF-8 would make one name of two: what is granted, or removed, is a name. */
function decode(bytes: Buffer, concern: Concern): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw protocolError(concern, 'something that is no UTF-8')
  }
}

async function* chunks(
  stream: Readable,
  { concern, deadline, timeouts }: BodyContext,
): AsyncGenerator<Buffer, void, undefined> {
  deadline.start(timeouts.idle)
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      deadline.stop()
      yield piece
      deadline.start(timeouts.idle)
    }
  } catch (error) {
    throw toEngineError(error, concern, deadline.reason())
  } finally {
    deadline.dispose()
  }
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

function readJSON<T>(text: string, read: (value: unknown) => T, concern: Concern): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw protocolError(concern, 'something that is no JSON')
  }
  try {
    return read(value)
  } catch (error) {
    throw protocolError(concern, (error as Error).message)
  }
}
