import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import type { InstallSnapshot } from '../../machines/plugin-install/snapshot.ts'
import { readSnapshot } from '../../machines/plugin-install/snapshot.ts'
import { isLocked, takeLock } from './runLock.ts'

type Env = Readonly<Record<string, string | undefined>>

/** How the engine of a run is found again. */
export interface JournaledEngine {
  host: string
  /** The Docker context that it is of, where it is of one. */
  context?: string
  /** What its flags said of TLS: names of files. */
  tls?: Readonly<Record<string, string | boolean>>
  /** Through the proxy that the environment of whoever takes it up names. */
  proxy?: true
}

/** A run that was written down. */
export interface JournaledRun {
  /** Eight hexadecimal digits. */
  id: string
  engine: JournaledEngine
  /** When the run began, in ISO 8601. */
  began: string
  snapshot: InstallSnapshot
}

/** A run that this process drives: nobody else can until it is closed. */
export interface OpenRun {
  readonly id: string
  /** Atomic, and on the disk once it resolves. */
  write(snapshot: InstallSnapshot): Promise<void>
  /** Gives the run back, once. One that left nothing behind is forgotten. */
  close(): Promise<void>
}

/** A file of the journal that cannot be read. */
export class JournalError extends Error {
  override readonly name = 'JournalError'
}

/**
 * `$XDG_STATE_HOME/plugin-flow`, else `$HOME/.local/state/plugin-flow`; on Windows
 * `%LOCALAPPDATA%\\plugin-flow`. `undefined` where none of them is set.
 */
export function journalFolder(env: Env, platform = process.platform): string | undefined {
  const home = env.HOME && join(env.HOME, '.local', 'state')
  const state = platform === 'win32' ? env.LOCALAPPDATA : env.XDG_STATE_HOME || home
  return state && join(state, 'plugin-flow')
}

/** Begins a run in the journal. Nothing is written before its first snapshot. */
export async function beginRun(folder: string, engine: JournaledEngine): Promise<OpenRun> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const id = randomBytes(4).toString('hex')
  return openRun(folder, { id, engine, began: new Date().toISOString() })
}

/**
 * Takes up a run to go on with it.
 *
 * @throws RunInUse while another process drives it, JournalError when it cannot be read
 */
export async function takeUpRun(folder: string, id: string): Promise<OpenRun & JournaledRun> {
  const open = await openRun(folder, await readRun(folder, id))
  try {
    return { ...(await readRun(folder, id)), ...open }
  } catch (error) {
    await open.close()
    throw error
  }
}

/** Every run that was written down, oldest first, and whether a process drives it now. */
export async function listRuns(
  folder: string,
): Promise<{ run: JournaledRun; isDriven: boolean }[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new JournalError(`the runs in ${folder} cannot be read (${error.code})`)
  })
  const ids = names
    .filter((name) => /^[0-9a-f]{8}\.json$/.test(name))
    .map((name) => name.slice(0, 8))
  const runs = await Promise.all(
    ids.map(async (id) => ({
      run: await readRun(folder, id),
      isDriven: await isLocked(lockPath(folder, id)),
    })),
  )
  return runs.sort((one, other) => one.run.began.localeCompare(other.run.began))
}

async function openRun(
  folder: string,
  { id, engine, began }: Omit<JournaledRun, 'snapshot'>,
): Promise<OpenRun> {
  const release = await takeLock(lockPath(folder, id))
  let last: InstallSnapshot | undefined
  let isOpen = true
  return {
    id,
    async write(snapshot) {
      last = snapshot
      // Closing forgets it: to write it down first would only take time.
      if (isClean(snapshot)) return
      const text = JSON.stringify({ id, engine, began, snapshot })
      await writeFileAtomic(runPath(folder, id), `${text}\n`, { mode: 0o600 })
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      if (last && isClean(last)) await rm(runPath(folder, id), { force: true })
      await release()
    },
  }
}

/** Whether nobody has to look after it any more. */
function isClean({ outcome }: InstallSnapshot): boolean {
  if (outcome?.state === 'rolledBack') return outcome.rollback.result !== 'failed'
  return outcome !== undefined
}

async function readRun(folder: string, id: string): Promise<JournaledRun> {
  const path = runPath(folder, id)
  try {
    const { engine, began, snapshot } = JSON.parse(await readFile(path, 'utf8'))
    if (!isEngine(engine) || typeof began !== 'string') throw new RangeError('it is damaged')
    return { id, engine, began, snapshot: readSnapshot(snapshot) }
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it is not there, or no JSON'
    throw new JournalError(`the run in ${path} cannot be read: ${why}`)
  }
}

function isEngine(value: JournaledEngine | undefined): value is JournaledEngine {
  const { host, context, tls, proxy } = value ?? {}
  return (
    typeof host === 'string' &&
    ['string', 'undefined'].includes(typeof context) &&
    isFlags(tls) &&
    [true, undefined].includes(proxy)
  )
}

function isFlags(value: JournaledEngine['tls']): boolean {
  return Object.values(value ?? {}).every((flag) => ['string', 'boolean'].includes(typeof flag))
}

function runPath(folder: string, id: string): string {
  return join(folder, `${id}.json`)
}

function lockPath(folder: string, id: string): string {
  return join(folder, `${id}.lock`)
}
