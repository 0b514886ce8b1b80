import type { OutputStream } from './surroundings.ts'

/** A stream to write to that nobody may be reading: what it can no longer take is dropped. */
export interface Output {
  readonly stream: OutputStream
  /** `false` once a write has failed (EPIPE, a full disk) or the stream was closed. */
  readonly isOpen: boolean
  write(text: string): void
  /** Resolves when everything has been handed over, or nobody takes it any more. */
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
