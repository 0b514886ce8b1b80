import { StringDecoder } from 'node:string_decoder'
import type { InputStream } from '../processIo.ts'

interface LineRequest {
  signal: AbortSignal
  /** Called once input is read, with the echo of the terminal as it should be. */
  begun(): void
  /** Called right at the end, before anything else is written. */
  settled(isAnswered: boolean): void
}

const ENDS = ['end', 'close', 'error']

/** Lines from `stdin`, one at a time; further input waits for the next read. */
export function createLineInput(io: { readonly stdin: InputStream }) {
  const decoder = new StringDecoder('utf8')
  let buffered = ''

  function receive(split: SplitLine, request: LineRequest): Promise<string | undefined> {
    const { signal, begun, settled } = request
    const { stdin } = io
    return new Promise((resolve) => {
      begun()
      const settle = (line: string | undefined) => {
        stdin.pause()
        stdin.off('data', hear)
        for (const name of ENDS) stdin.off(name, end)
        signal.removeEventListener('abort', abort)
        settled(line !== undefined)
        resolve(line)
      }
      const look = (isEnded: boolean): boolean => {
        const found = split(buffered, isEnded)
        if (!found) return false
        buffered = found.rest
        settle(found.line)
        return true
      }
      const hear = (chunk: string | Buffer) => {
        buffered += typeof chunk === 'string' ? chunk : decoder.write(chunk)
        look(false)
      }
      const end = () => look(true)
      const abort = () => settle(undefined)
      if (signal.aborted) return abort()
      if (look(stdin.readableEnded || stdin.destroyed)) return
      signal.addEventListener('abort', abort)
      for (const name of ENDS) stdin.on(name, end)
      stdin.on('data', hear)
      stdin.resume()
    })
  }

  return {
    get isTerminal() {
      return io.stdin.isTTY === true
    },
    /** A line without its end. `undefined` at the end of the input, after a hang-up, or when `signal` fires. */
    read: (request: LineRequest) => receive(splitLine, request),
    /**
     * A line that the terminal does not show; `undefined` also without a terminal. `interrupt` is called for a
     * Ctrl-C, for which the terminal sends no signal in this mode.
     */
    async readHidden(request: LineRequest, interrupt: () => void) {
      const { stdin } = io
      const wasRaw = stdin.isRaw ?? false
      if (!setRaw(stdin, true)) return undefined
      let isInterrupted = false
      const split: SplitLine = (text, isEnded) => {
        const found = splitTypedLine(text, isEnded)
        isInterrupted = found?.isInterrupted ?? false
        return found
      }
      const settled = (isAnswered: boolean) => {
        setRaw(stdin, wasRaw)
        request.settled(isAnswered)
        if (isInterrupted) interrupt()
      }
      return receive(split, { ...request, settled })
    },
  }
}

/** Returns `false` where there is no terminal (any more). */
function setRaw(stdin: InputStream, isRaw: boolean): boolean {
  try {
    return stdin.setRawMode?.(isRaw) !== undefined
  } catch {
    return false
  }
}

/** `line` is absent where the input ended without one. */
export interface FoundLine {
  line?: string
  rest: string
  /** A Ctrl-C was typed. */
  isInterrupted?: boolean
}

/** Splits the first line off a text. `undefined`: more input is needed. */
type SplitLine = (text: string, isEnded: boolean) => FoundLine | undefined

const LONGEST = 65_536

/** A line of a pipe or file; the rest of the input counts as the last line. */
export const splitLine: SplitLine = (text, isEnded) => {
  const end = text.indexOf('\n')
  if (end !== -1) return { line: text.slice(0, end), rest: text.slice(end + 1) }
  if (text.length >= LONGEST || (isEnded && text !== '')) return { line: text, rest: '' }
  return isEnded ? { rest: '' } : undefined
}

/**
 * A line as it is typed on a terminal in raw mode: Enter ends it, Ctrl-C and, on an empty line, Ctrl-D end the
 * input without a line.
 */
export const splitTypedLine: SplitLine = (text, isEnded) => {
  for (let at = 0; at < text.length; at++) {
    const key = text[at]
    const rest = text.slice(at + 1)
    if (key === '\x03') return { rest, isInterrupted: true }
    if (key === '\x04' && edited(text.slice(0, at)) === '') return { rest }
    if (key === '\r' || key === '\n') return { line: edited(text.slice(0, at)), rest }
  }
  return isEnded || text.length >= LONGEST ? { rest: '' } : undefined
}

/** Applies Backspace and Ctrl-U, and drops other keys that write nothing. */
function edited(keys: string): string {
  let line: string[] = []
  for (const key of keys.replace(SEQUENCES, '')) {
    if (key === '\x7f' || key === '\b') line = line.slice(0, -1)
    else if (key === '\x15') line = []
    else if (!/\p{Cc}/u.test(key)) line.push(key)
  }
  return line.join('')
}

/** Sequences of arrows, function keys and a bracketed paste. */
const SEQUENCES = /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]?|O[\x40-\x7e]?|[\x20-\x7e])?/g
