import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { whenThereIsRoom } from '../../machines/shortage.ts'

/** Of what has ended: how much is kept, and for how long. */
export const KEPT = { count: 100, ms: 30 * 24 * 60 * 60_000 } as const

/** Larger than any run. */
const MOST_BYTES = 16 * 1024 * 1024

/** Writes a new file that only its user can read. When that fails, as on a full disk, nothing is left. */
export async function writeNew(path: string, text: string, isFlushed = false): Promise<void> {
  const file = await whenThereIsRoom(() => open(path, 'wx', 0o600))
  try {
    await file.writeFile(text)
    // `datasync` writes the size, but not the time of the change, which is not needed.
    if (isFlushed) await file.datasync()
  } catch (error) {
    await removeFile(path).catch(() => {})
    throw error
  } finally {
    await file.close()
  }
}

/** Removes a file that may be missing, in one call where `rm` makes three. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
}

/**
 * Replaces a file as a whole; it is on the disk once this resolves, unless it is not flushed.
 *
 * @param permitted has to resolve before the new file takes the place of the old one, and not before it is written
 */
export async function replaceFile(
  path: string,
  text: string,
  permitted: Promise<unknown> = Promise.resolve(),
  isFlushed = true,
): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  const [permission, written] = await Promise.allSettled([
    permitted,
    writeNew(aside, text, isFlushed),
  ])
  try {
    for (const each of [permission, written]) if (each.status === 'rejected') throw each.reason
    await rename(aside, path)
  } catch (error) {
    await removeFile(aside).catch(() => {})
    throw error
  }
}

/**
 * Makes sure that there is a folder of this user's own that no other user can write to or read: who can
 * write there decides what this user installs, and with whose consent.
 *
 * @throws RangeError with the reason why it cannot be trusted
 */
export async function makeOwnFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  await assertOwnFolder(path)
}

/** The same for a folder that must exist. */
export async function assertOwnFolder(path: string): Promise<void> {
  const { uid, mode } = await stat(path)
  if (!isOwn(uid)) throw new RangeError('it belongs to another user')
  if (process.platform !== 'win32' && mode & 0o077) await chmod(path, 0o700)
}

/**
 * Reads a file that this user owns and no other user can write, and does not wait for a pipe.
 *
 * @throws RangeError with the reason why it cannot be trusted
 */
export async function readOwnFile(path: string): Promise<string> {
  // Windows has neither this flag nor such pipes.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const file = await whenThereIsRoom(() => open(path, flags))
  try {
    const stats = await file.stat()
    if (!stats.isFile()) throw new RangeError('it is not a file')
    if (stats.size > MOST_BYTES) throw new RangeError('it is too large')
    if (!isOwn(stats.uid)) throw new RangeError('it belongs to another user')
    if (process.platform !== 'win32' && stats.mode & 0o022)
      throw new RangeError('other users can write it')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function isOwn(uid: number): boolean {
  return uid === (process.geteuid?.() ?? uid)
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
