import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { whenThereIsRoom } from '../../machines/shortage.ts'
import { codeOf, removeFile, writeNew } from './files.ts'

/** Thrown when another process owns the run, or has claimed the plugin. */
export class RunInUse extends Error {
  override readonly name = 'RunInUse'
  /** The run of the holder, if the lock names it. */
  readonly run: string | undefined

  constructor(message: string, run?: string) {
    super(message)
    this.run = run
  }
}

export interface RunLock {
  /** False once another process has taken the lock over, or its file is gone. */
  isHeld(): Promise<boolean>
  /**
   * Releases the lock; does nothing if it is no longer held.
   *
   * @param first awaited before; when it rejects, the lock stays
   */
  release(first?: Promise<unknown>): Promise<void>
}

/** The most attempts: each failure means that another process advanced. */
const MOST_ATTEMPTS = 100

/**
 * Takes the lock at a path. A lock is a chain of files: the first is at the path, and each further one
 * is at a name made from the content of the file before it, whose process had died. Its last file names
 * the holder. Every file is linked into place complete and at a name that must be free, so that exactly
 * one process follows a dead one, and no file is ever removed because it looked stale a moment ago:
 * the time that a file operation takes does not matter. Contents are unique, so a process that is late
 * links a file that no chain leads to, finds that out, and removes it.
 *
 * @param run that takes it, to be named to others
 * @throws RunInUse while its holder lives, or may live
 */
export async function takeLock(path: string, run = ''): Promise<RunLock> {
  const own = { ...(await describeOwn()), run }
  const aside = `${path}.${own.id}`
  let claim: string | undefined
  await writeNew(aside, JSON.stringify(own))
  try {
    for (let attempt = 1; ; attempt++) {
      const last = (await readChain(path)).at(-1)
      if (last?.id === own.id) break
      // It follows a lock that was released meanwhile.
      if (claim !== undefined) await removeFile(claim)
      if (last && (await mayLive(last, own))) throw new RunInUse(describe(last, own), last.run)
      if (attempt > MOST_ATTEMPTS) throw new RunInUse('others take it at the same time')
      const free = last ? last.next : path
      claim = (await linkNew(aside, free)) ? free : undefined
    }
  } finally {
    await removeFile(aside)
  }
  const chain = async () => {
    const files = await readChain(path)
    return files.at(-1)?.id === own.id ? files : []
  }
  return {
    isHeld: async () => (await chain()).length > 0,
    async release(first) {
      const [files] = await Promise.all([chain(), first])
      // The first goes first: without it none of the others counts.
      for (const file of files) await removeFile(file.path)
    },
  }
}

/** True while the lock has a holder that lives, or may live. */
export async function isLocked(path: string): Promise<boolean> {
  const last = (await readChain(path)).at(-1)
  return last !== undefined && mayLive(last, await describeOwn())
}

/** A process, and the kernel and namespace in which its number means something. */
interface Holder {
  id: string
  pid: number
  /** Start time in clock ticks; 0 if unknown. */
  start: number
  host: string
  /** Empty if unknown, like the fields below. */
  boot: string
  namespace: string
  /** Empty in a lock of the run itself, and in those of earlier versions. */
  run: string
}

interface ChainFile extends Holder {
  path: string
  /** Name of the only file that may follow. */
  next: string
}

async function describeOwn(): Promise<Holder> {
  const { pid } = process
  const [start, boot, namespace] = await Promise.all([
    startOf(pid),
    readIfThere('/proc/sys/kernel/random/boot_id'),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ])
  const host = hostname()
  return { id: randomUUID(), pid, start, host, boot: boot?.trim() ?? '', namespace, run: '' }
}

async function readChain(path: string): Promise<ChainFile[]> {
  const files: ChainFile[] = []
  for (let at = path; ; ) {
    const text = await readIfThere(at)
    if (text === undefined) return files
    const next = `${path}.after-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`
    files.push({ ...parseHolder(text), path: at, next })
    at = next
  }
}

/** Invalid or truncated text names no process. */
function parseHolder(text: string): Holder {
  const empty = { id: '', pid: Number.NaN, start: 0, host: '', boot: '', namespace: '', run: '' }
  try {
    return { ...empty, ...JSON.parse(text) }
  } catch {
    // Earlier versions wrote two numbers.
    const [pid = Number.NaN, start = 0] = text.split(' ').map(Number)
    return { ...empty, pid, start }
  }
}

/** A process on another host or in another container cannot be looked for, and counts as living. */
async function mayLive(holder: Holder, own: Holder): Promise<boolean> {
  const { pid, start, host, boot, namespace } = holder
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  if (host !== '' && boot !== own.boot) return host !== own.host
  if (host !== '' && (boot === '' ? host !== own.host : namespace !== own.namespace)) return true
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  // Process IDs are reused, but not with the same start time.
  return (await startOf(pid)) === start
}

function describe({ pid, host, boot, namespace, path }: ChainFile, own: Holder): string {
  if (host === '' || (boot === own.boot && namespace === own.namespace)) return `process ${pid}`
  const where = boot === own.boot ? 'in another container' : `on the host ${host}`
  return `process ${pid} ${where}; if it has ended, remove ${path}`
}

async function startOf(pid: number): Promise<number> {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  // The name of the program, in brackets, may contain anything.
  return Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await whenThereIsRoom(() => readFile(path, 'utf8'))
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return undefined
    throw error
  }
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
