import type { Readable, Writable } from 'node:stream'

export type InputStream = Readable & {
  isTTY?: boolean
  isRaw?: boolean
  setRawMode?(isRaw: boolean): unknown
}
export type OutputStream = Writable & { isTTY?: boolean; columns?: number; rows?: number }

/** What a run of the command gets from its process. */
export interface Surroundings {
  /** The arguments, without the interpreter and the script. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** Emits `SIGINT`, `SIGTERM`, `SIGHUP` and `uncaughtException`, as `process` does. */
  signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>
}
