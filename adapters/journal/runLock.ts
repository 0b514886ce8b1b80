import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'

/** Another process drives the run. */
export class RunInUse extends Error {
  override readonly name = 'RunInUse'
}

/**
 * Takes a lock file that names its process, and resolves to what gives it back. A lock whose process
 * is gone is stale and taken over; one whose process lives, on this host, is not.
 *
 * @throws RunInUse
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await writeNew(path, `${process.pid} ${await startOf(process.pid)}`)) {
      return () => rm(path, { force: true })
    }
    const holder = await readIfThere(path)
    if (holder !== undefined && (await isAlive(holder))) throw new RunInUse(`process ${holder}`)
    await removeStale(path, holder)
  }
  throw new RunInUse('others take it at the same time')
}

/** Whether a living process holds the lock. */
export async function isLocked(path: string): Promise<boolean> {
  const holder = await readIfThere(path)
  return holder !== undefined && isAlive(holder)
}

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.writeFile(text)
    await file.close()
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Of two that find a stale lock, one moves it away; what the other moves is checked again. */
async function removeStale(path: string, holder: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if ((await readIfThere(aside)) === holder) await rm(aside)
  else await rename(aside, path)
}

/** A process number is used again; together with the time of its start it is not. */
async function isAlive(holder: string): Promise<boolean> {
  const [pid = Number.NaN, start] = holder.split(' ').map(Number)
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false
  }
  return (await startOf(pid)) === start
}

/** In the kernel's ticks; 0 where the system does not tell it. */
async function startOf(pid: number): Promise<number> {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  // The name of the program, in brackets, may hold anything.
  return Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(codeOf(error))) return undefined
    throw error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
