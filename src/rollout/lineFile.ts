import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'

/** Enough for the last line of nearly every file. */
const TAIL = 16 * 1024
const LINE_BREAK = 10

/** A file to which lines are appended. */
export interface LineFile {
  /** Appends a line as a whole, or throws and leaves the file as it was. */
  add(line: string): void
  close(): void
}

/**
 * Opens a file of lines for its only writer; a last line that was cut is dropped.
 *
 * @param most size in bytes from which on the file is replaced by the line that is added. Default: it grows
 */
export function openLines(path: string, most = Number.POSITIVE_INFINITY): LineFile {
  let file = openSync(path, 'a+', 0o600)
  let size = endOfLines(file)
  ftruncateSync(file, size)
  return {
    add(line) {
      const bytes = Buffer.from(`${line}\n`)
      if (size >= most) {
        replaceFile(path, bytes)
        const replaced = file
        file = openSync(path, 'a+')
        closeSync(replaced)
        size = bytes.length
        return
      }
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
      } catch (error) {
        // As on a full disk: a part of a line would spoil the next one.
        ftruncateSync(file, size)
        throw error
      }
      size += bytes.length
    },
    close: () => closeSync(file),
  }
}

/** The lines of a file. The last line of a process that was killed, which may be cut, is left out. */
export function completeLines(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n').slice(0, -1)
}

/** The last complete line of a file that may be large; `undefined` without the file, or without a line. */
export function lastLine(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    for (let length = Math.min(size, TAIL); ; length = Math.min(size, 4 * length)) {
      const lines = readAt(file, size - length, length)
        .toString()
        .split('\n')
      // The first may have begun before.
      if (lines.length > 2 || length === size) return lines.at(-2)
    }
  } finally {
    closeSync(file)
  }
}

/** Replaces a file as a whole, for its owner alone. */
export function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function endOfLines(file: number): number {
  const { size } = fstatSync(file)
  for (let end = size; end > 0; end -= TAIL) {
    const start = Math.max(0, end - TAIL)
    const at = readAt(file, start, end - start).lastIndexOf(LINE_BREAK)
    if (at !== -1) return start + at + 1
  }
  return 0
}

function readAt(file: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(file, bytes, 0, length, start))
}
