import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

export interface ReadBounds {
  /** In bytes. An endless device is not read any further. */
  most: number
  /**
   * How long a pipe is waited for, in milliseconds: for its first writer, and until the last one has closed it. Absent:
   * not at all.
   */
  pipe?: { writer: number; end: number }
}

/** For a file that a person names: it may be a pipe, as of `<(…)` in a shell, in which somebody unlocks a vault. */
export const namedPipe = { writer: 1_000, end: 60_000 }

const CHUNK_BYTES = 16 * 1024
const LOOK_MS = 25
/** Opens a pipe that has no writer, rather than wait for one. Windows has no such flag, and no such pipes. */
const AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK

/**
 * Reads a whole file that a person or a configuration names, whatever it is: in bounded time and memory. Synchronously: four
 * system calls cost less than four trips to another thread, and a signal ends the process as long as none is caught.
 *
 * @throws RangeError with the reason, or the system's error
 */
export function readFile(path: string, { most, pipe }: ReadBounds): Buffer {
  const file = openSync(path, AT_ONCE)
  const began = performance.now()
  const waitUntil = (ms = 0) => {
    if (performance.now() - began >= ms) return false
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS)
    return true
  }
  try {
    const chunks: Buffer[] = []
    for (let size = 0; size <= most; ) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      const bytes = readNow(file, chunk)
      if (bytes === undefined) {
        if (!waitUntil(pipe?.end)) throw new RangeError('what writes to it does not come to an end')
      } else if (bytes > 0) {
        chunks.push(chunk.subarray(0, bytes))
        size += bytes
      } else if (size > 0 || !fstatSync(file).isFIFO()) {
        return Buffer.concat(chunks)
      } else if (!waitUntil(pipe?.writer))
        throw new RangeError('it is a pipe that nothing writes to')
    }
  } finally {
    closeSync(file)
  }
  throw new RangeError(`it has more than ${inUnits(most)}`)
}

/** The number of bytes that were read; `undefined` while a writer has not written more. */
function readNow(file: number, chunk: Buffer): number | undefined {
  try {
    return readSync(file, chunk)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
    throw error
  }
}

function inUnits(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes} bytes`
}
