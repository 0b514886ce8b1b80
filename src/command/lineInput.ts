import { StringDecoder } from 'node:string_decoder'
import type { InputStream } from './surroundings.ts'
import { type Take, takeLine, takeTypedLine } from './takeLine.ts'

export interface LineRequest {
  signal: AbortSignal
  /** Called once what is typed is taken, and shown or not shown as it should be. */
  begun(): void
  /** Called at once at the end, before anything else is written. */
  settled(isAnswered: boolean): void
}

/** Lines from `stdin`, one at a time; what comes after a line waits for the next read. */
export interface LineInput {
  /** Somebody types there. */
  readonly isTerminal: boolean
  /**
   * A line without its end. `undefined`: there is none, at the end of the input and after a hang-up,
   * or `signal` has fired.
   */
  read(request: LineRequest): Promise<string | undefined>
  /**
   * A line that the terminal does not show. `interrupt` is called for a Ctrl-C, which the terminal
   * does not make a signal of meanwhile. `undefined` as well where there is no terminal.
   */
  readHidden(request: LineRequest, interrupt: () => void): Promise<string | undefined>
}

const ENDS = ['end', 'close', 'error']

export function createLineInput(surroundings: { readonly stdin: InputStream }): LineInput {
  const decoder = new StringDecoder('utf8')
  let buffered = ''

  function receive(take: Take, request: LineRequest): Promise<string | undefined> {
    const { signal, begun, settled } = request
    const { stdin } = surroundings
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
        const taken = take(buffered, isEnded)
        if (!taken) return false
        buffered = taken.rest
        settle(taken.line)
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
      return surroundings.stdin.isTTY === true
    },
    read: (request) => receive(takeLine, request),
    async readHidden(request, interrupt) {
      const { stdin } = surroundings
      const wasRaw = stdin.isRaw ?? false
      if (!setRaw(stdin, true)) return undefined
      let isInterrupted = false
      const take: Take = (text, isEnded) => {
        const taken = takeTypedLine(text, isEnded)
        isInterrupted = taken?.isInterrupted ?? false
        return taken
      }
      const settled = (isAnswered: boolean) => {
        setRaw(stdin, wasRaw)
        request.settled(isAnswered)
        if (isInterrupted) interrupt()
      }
      return receive(take, { ...request, settled })
    },
  }
}

/** `false`: it is no terminal, or none any more. */
function setRaw(stdin: InputStream, isRaw: boolean): boolean {
  try {
    return stdin.setRawMode?.(isRaw) !== undefined
  } catch {
    return false
  }
}
