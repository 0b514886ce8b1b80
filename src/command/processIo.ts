import type { Readable, Writable } from 'node:stream'
import { inOrder } from '../text/visible.ts'
import { type Paint, paint, plain, usesColors } from './paint.ts'

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
  env: NodeJS.ProcessEnv
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
  /** Colours a text, where this output is to have colours. */
  readonly paint: Paint
  /** Resolves when everything has been handed over, or the stream takes no more. */
  flush(): Promise<void>
}

export function createOutput(stream: OutputStream, env: ProcessIo['env'] = {}): Output {
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
    paint: usesColors(env, stream) ? paint : plain,
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
  stderr.write(`${stderr.paint('failed', 'plugin-flow:')} ${inOrder(message)}\n`)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The reason why a run is interrupted, and the exit status for it. */
export interface Interrupt {
  exitCode: number
  /** `SIGINT`, or the message of an exception. */
  reason: string
}

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

export type Interrupts = ReturnType<typeof catchInterrupts>

/**
 * Catches signals and uncaught exceptions that would end the process in the middle of a run. An exception
 * counts as the first signal and never as the second, so that the run is taken back.
 */
export function catchInterrupts(
  signals: ProcessIo['signals'],
  onFirst: (interrupt: Interrupt) => void = () => {},
) {
  const first = createEvent<Interrupt>()
  const second = createEvent<unknown>()
  const third = createEvent<unknown>()
  const begin = (interrupt: Interrupt) => {
    first.come(interrupt)
    onFirst(interrupt)
  }
  const receive = (reason: string, exitCode: number) => {
    if (!first.value()) begin({ exitCode, reason })
    else if (second.value()) third.come(true)
    else second.come(true)
  }
  const fail = (error: unknown) => {
    if (!first.value()) begin({ exitCode: 1, reason: `unexpected error: ${String(error)}` })
  }
  const listeners: [name: string, listener: (error: unknown) => void][] = [
    ...Object.entries(EXIT_CODES).map(([reason, exitCode]): [string, () => void] => [
      reason,
      () => receive(reason, exitCode),
    ]),
    ['uncaughtException', fail],
  ]
  for (const [name, listener] of listeners) signals.on(name, listener)
  return {
    /** The first one, once it has come. */
    get first() {
      return first.value()
    },
    interrupted: first.promise,
    /** Resolve when a second signal comes, and a third. */
    second: second.promise,
    third: third.promise,
    /** Handles a Ctrl-C for which the terminal sent no signal. */
    interrupt: () => receive('SIGINT', EXIT_CODES.SIGINT),
    /** Gives signals their usual effect back. */
    release() {
      for (const [name, listener] of listeners) signals.off(name, listener)
    },
  }
}

/** A promise with a value that can be read at once. */
function createEvent<T>() {
  let current: T | undefined
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return {
    promise,
    value: () => current,
    come(value: T) {
      current = value
      resolve(value)
    },
  }
}
