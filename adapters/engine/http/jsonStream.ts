import { StringDecoder } from 'node:string_decoder'
import type { JSONMessage } from '../../../machines/plugin.ts'

/** In characters. The longest lines of an engine are errors of a few hundred; what a line says is looked through at once. */
const MAX_LINE = 64 * 1024

/** Nearly every line is too short for more, which is found out by its length; a message is walked less than an answer. */
const MOST_LINE_LEVELS = 200

/** `truncated`: the stream ended inside a line. `malformed`: it is no stream of an engine. */
export class JSONStreamError extends Error {
  readonly kind: 'truncated' | 'malformed'

  constructor(kind: 'truncated' | 'malformed', message: string) {
    super(message)
    this.kind = kind
  }
}

/**
 * Decodes an engine's progress stream, one JSON object a line, as it arrives: the messages of each
 * chunk together, as an engine sends them. Memory is bounded by one chunk and one line, however the
 * chunks split lines and characters.
 *
 * A last line without its line break counts when it is whole: chunked encoding and Content-Length
 * tell a cut apart from an end, so what they call the end is one.
 *
 * @throws JSONStreamError, besides what `chunks` throws
 */
export async function* jsonStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<JSONMessage[], void, undefined> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of chunks) {
    const text = decoder.write(chunk)
    const messages: JSONMessage[] = []
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end)
      addMessage(messages, rest === '' ? line : rest + line)
      rest = ''
      start = end + 1
    }
    rest += text.slice(start)
    if (rest.length > MAX_LINE) throw tooLong()
    if (messages.length > 0) yield messages
  }
  const last: JSONMessage[] = []
  addLastMessage(last, rest + decoder.end())
  if (last.length > 0) yield last
}

function addMessage(messages: JSONMessage[], line: string): void {
  if (line.length > MAX_LINE) throw tooLong()
  if (isBlank(line)) return
  messages.push(readMessage(parse(line, 'malformed')))
}

function addLastMessage(messages: JSONMessage[], line: string): void {
  if (isBlank(line)) return
  // A line that begins like a message but is not valid was cut; anything else never was one.
  const kind = line.trimStart().startsWith('{') ? 'truncated' : 'malformed'
  messages.push(readMessage(parse(line, kind)))
}

function parse(line: string, kind: JSONStreamError['kind']): unknown {
  if (isTooDeep(line, MOST_LINE_LEVELS))
    throw new JSONStreamError('malformed', 'a line that is nested too deep')
  try {
    return JSON.parse(line)
  } catch {
    throw new JSONStreamError(kind, 'a line that is no JSON')
  }
}

function isBlank(line: string): boolean {
  // Nearly every line begins a message.
  return !line.startsWith('{') && line.trim() === ''
}

function readMessage(value: unknown): JSONMessage {
  if (!isMessage(value)) throw new JSONStreamError('malformed', 'a line of another form')
  return value
}

/** Checks the fields that are read, and leaves the others as they are. */
function isMessage(value: unknown): value is JSONMessage {
  if (!isFields(value) || Array.isArray(value)) return false
  const { id, status, progress, error, progressDetail, errorDetail } = value
  return (
    isAbsentOr('string', id) &&
    isAbsentOr('string', status) &&
    isAbsentOr('string', progress) &&
    isAbsentOr('string', error) &&
    (progressDetail === undefined || isProgressDetail(progressDetail)) &&
    (errorDetail === undefined || isErrorDetail(errorDetail))
  )
}

function isProgressDetail(value: unknown): boolean {
  return isFields(value) && isAbsentOr('number', value.current) && isAbsentOr('number', value.total)
}

function isErrorDetail(value: unknown): boolean {
  return isFields(value) && isAbsentOr('string', value.message) && isAbsentOr('number', value.code)
}

type Fields = Record<string, unknown>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isAbsentOr(type: 'string' | 'number', value: unknown): boolean {
  return value === undefined || typeof value === type
}

function tooLong(): JSONStreamError {
  return new JSONStreamError('malformed', `a line of more than ${MAX_LINE} characters`)
}

/** Answers of engines have fewer than ten levels. */
const MOST_LEVELS = 40

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{`, as their code points with the bit that parts them set. */
const OPENING = 0x7b
const CLOSING = 0x7d
const BRACE_BIT = 0x20

/**
 * Whether JSON is nested so deep that a function that walks it by calling itself may run out of stack: the
 * parser does not, and what fails after it would be taken for a fault of the host.
 */
export function isTooDeep(text: string, mostLevels = MOST_LEVELS): boolean {
  if (isShallow(text, mostLevels)) return false
  let level = 0
  let isString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isString) {
      if (code === BACKSLASH) index += 1
      else if (code === QUOTE) isString = false
    } else if (code === QUOTE) isString = true
    else if ((code | BRACE_BIT) === OPENING) {
      level += 1
      if (level > mostLevels) return true
    } else if ((code | BRACE_BIT) === CLOSING) level -= 1
  }
  return false
}

/** Whether JSON has too few brackets to be nested too deep, which is found out many times as fast; `false` says nothing. */
function isShallow(text: string, mostLevels: number): boolean {
  if (text.length <= 2 * mostLevels) return true
  return !has(text, '{', mostLevels / 2) && !has(text, '[', mostLevels / 2)
}

function has(text: string, character: string, times: number): boolean {
  let at = -1
  for (let count = 0; count < times; count += 1) {
    at = text.indexOf(character, at + 1)
    if (at === -1) return false
  }
  return true
}
