import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'

/** Code that V8 has compiled, and for which commands. */
export interface CompiledCode {
  code: Buffer
  words: readonly string[]
}

export interface CodeCache {
  /** @param space memory to read into, which the code is in until it is compiled */
  read(space?: Buffer): CompiledCode | undefined
  /** Does nothing where it cannot be written. */
  write(compiled: CompiledCode): void
}

/** Then a file is removed, also one that is still in use: it is made anew. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1_000

/**
 * The compiled code of a source, in this user's cache folder. It is code, so it is neither read from nor written to
 * a place where another user could have put it. `undefined` where there is no such place, or none is wanted.
 *
 * @param id of the source: V8 rejects code of another version of itself or of other flags, and compares sources by
 * their length alone
 */
export function codeCache(id: string, env: NodeJS.ProcessEnv): CodeCache | undefined {
  const uid = process.geteuid?.()
  const wanted = cacheFolder(env)
  const folder = uid !== undefined && wanted && unlessItFails(() => privatePath(wanted, uid))
  if (!folder) return undefined
  const path = join(folder, `${process.version}-${process.arch}-${id}`)
  return {
    read: (space) => unlessItFails(() => unpack(readOwnFile(path, uid, space))),
    write: (compiled) => unlessItFails(() => replace(path, pack(compiled))),
  }
}

/** The command runs without as well. */
function unlessItFails<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** By Node.js' own variables it is turned off: compiled code has no exact coverage. */
function cacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env.NODE_DISABLE_COMPILE_CACHE || env.NODE_V8_COVERAGE) return undefined
  const bases = [env.XDG_CACHE_HOME, env.HOME && join(env.HOME, '.cache')]
  const base = bases.find((path) => path && isAbsolute(path))
  return base && join(base, 'plugin-flow')
}

/**
 * Twice the same: V8 trusts each byte, and ends the process over a wrong one. To load what computes a digest takes
 * longer than to read all of it again.
 */
function pack({ code, words }: CompiledCode): Buffer {
  const once = Buffer.concat([code, Buffer.from(`\n${words.join(' ')}`)])
  return Buffer.concat([once, once])
}

function unpack(once: Buffer): CompiledCode | undefined {
  const end = once.lastIndexOf('\n')
  if (end < 1) return undefined
  return { code: once.subarray(0, end), words: once.toString('latin1', end + 1).split(' ') }
}

function readOwnFile(path: string, uid: number, space?: Buffer): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.uid !== uid || isWritableByOthers(stats))
      throw new Error('not a file of this user alone')
    return readTwice(file, stats.size / 2, space)
  } finally {
    closeSync(file)
  }
}

/** Most of the time that it takes to read a file goes into memory that is used for the first time. */
const PIECE = 64 * 1024

/**
 * The first of two halves of a file that are equal.
 *
 * @throws Error where they are not
 */
function readTwice(file: number, half: number, space: Buffer | undefined): Buffer {
  const once = (space && space.length >= half ? space : Buffer.allocUnsafeSlow(half)).subarray(
    0,
    half,
  )
  fill(once, file, 0)
  const again = Buffer.allocUnsafeSlow(PIECE)
  for (let at = 0; at < half; at += PIECE) {
    const piece = again.subarray(0, Math.min(PIECE, half - at))
    fill(piece, file, half + at)
    if (piece.compare(once, at, at + piece.length) !== 0) throw new Error('two contents')
  }
  return once
}

/** @throws Error where the file is shorter */
export function fill(buffer: Buffer, file: number, position: number): void {
  const read = readSync(file, buffer, 0, buffer.length, position)
  if (read !== buffer.length) throw new Error('a short file')
}

/**
 * The real path of a folder, which may be missing. `undefined` where another user but root can write to it or to a
 * folder above it, and so replace it.
 */
function privatePath(folder: string, uid: number): string | undefined {
  let there = folder
  while (!existsSync(there)) there = dirname(there)
  const real = realpathSync(there)
  for (let at = real; ; at = dirname(at)) {
    const stats = statSync(at)
    const isSticky = (stats.mode & 0o1000) !== 0
    if (![uid, 0].includes(stats.uid) || (isWritableByOthers(stats) && !isSticky)) return undefined
    if (at === dirname(at)) return join(real, relative(there, folder))
  }
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & 0o022) !== 0
}

/** Replaces a file as a whole, and removes old ones beside it. */
function replace(path: string, content: Buffer): void {
  const folder = dirname(path)
  // Not any deeper: below a folder such as `/proc`, Node.js never ends to try.
  for (const each of [dirname(folder), folder]) if (!existsSync(each)) mkdirSync(each, 0o700)
  for (const name of readdirSync(folder)) {
    const other = join(folder, name)
    if (Date.now() - statSync(other).mtimeMs > KEPT_MS) rmSync(other)
  }
  const aside = `${path}.${process.pid}.${Date.now()}`
  try {
    writeFileSync(aside, content, { flag: 'wx', mode: 0o600 })
    renameSync(aside, path)
  } finally {
    rmSync(aside, { force: true })
  }
}
