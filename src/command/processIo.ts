import type { Readable, Writable } from 'node:stream'
import { visible } from '../text/visible.ts'

export type InputStream = Readable & {
  isTTY?: boolean
  isRaw?: boolean
  setRawMode?(isRaw: boolean): unknown
}
export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** The parts of its process that a run of the command uses. */
export interface ProcessIo {
  /** The arguments, without the interpreter and the script. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Emits `SIGINT`, `SIGTERM`, `SIGHUP` and `uncaughtException`, as `process` does. */
  signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>
}

/** The same for a single command, with outputs that survive a closed pipe. */
export interface CommandIo extends Pick<ProcessIo, 'env' | 'stdin' | 'signals'> {
  readonly stdout: Output
  readonly stderr: Output
}

/** A stream whose reader may have gone: text that it can no longer take is dropped. */
export interface Output {
  readonly stream: OutputStream
  /** `false` once a write has failed (EPIPE, a full disk) or the stream was closed. */
  readonly isOpen: boolean
  write(text: string): void
  /** Resolves when everything has been handed over, or the stream takes no more. */
  flush(): Promise<void>
}

export function createOutput(stream: OutputStream): Output {
  let isOpen = !stream.destroyed
  const close = () => {
    isOpen = false
  }
  stream.on('error', close)
  stream.on('close', close)
  return {
    stream,
    get isOpen() {
      return isOpen
    },
    write(text) {
      if (isOpen) stream.write(text)
    },
    flush() {
      return new Promise((done) => {
        stream.once('error', () => done())
        stream.once('close', () => done())
        stream.write('', () => done())
      })
    },
  }
}

export function writeLines(output: Output, lines: readonly string[]): void {
  output.write(lines.map((line) => `${line}\n`).join(''))
}

/** Writes one line about a problem to `stderr`; the message may contain foreign text. */
export function report({ stderr }: Pick<CommandIo, 'stderr'>, message: string): void {
  stderr.write(`plugin-flow: ${visible(message)}\n`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
