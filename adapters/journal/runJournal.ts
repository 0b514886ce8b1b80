import { createHash, randomBytes } from 'node:crypto'
import { lstat, readdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { whenThereIsRoom } from '../../machines/shortage.ts'
import { keepEnded } from './endedRuns.ts'
import { assertOwnFolder, codeOf, makeOwnFolder, removeFile, replaceFile } from './files.ts'
import {
  JournalError,
  type JournaledEngine,
  type JournaledRun,
  type JournaledSnapshot,
  kindOf,
  nameOf,
  readRun,
  unreadable,
} from './runFile.ts'
import { isLocked, RunInUse, type RunLock, takeLock } from './runLock.ts'

export { JournalError, type JournaledEngine, type JournaledRun, kindOf, nameOf }

/** A run that this process owns until it is closed. */
export interface OpenRun {
  readonly id: string
  /**
   * Atomic, and on the disk once it resolves.
   *
   * @throws RunInUse when another process drives the run by now: this one may not go on with it
   */
  write(snapshot: JournaledSnapshot): Promise<void>
  /**
   * Claims a plugin of the engine until this run is closed.
   *
   * @throws RunInUse while another run has claimed it
   */
  claim(plugin: string): Promise<void>
  /**
   * Releases the run, once. A run that left nothing behind is moved to the ended runs.
   *
   * @param events the events of the run, without secrets
   */
  close(events?: readonly unknown[]): Promise<void>
}

/** The readable runs, and an error for every other file. */
export interface RunList {
  runs: { run: JournaledRun; isDriven: boolean }[]
  unreadable: JournalError[]
}

/**
 * `$XDG_STATE_HOME/plugin-flow`, else `~/.local/state/plugin-flow`; on Windows
 * `%LOCALAPPDATA%\\plugin-flow`. As the specification of XDG says, a relative path is ignored.
 * `undefined`: this user has no home.
 */
export function journalFolder(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: () => string | undefined = () => userInfo().homedir,
): string | undefined {
  const variables =
    platform === 'win32' ? [env.LOCALAPPDATA] : [env.XDG_STATE_HOME, inHome(env.HOME)]
  const state = [...variables, inHome(homeOfUser(home))].find((path) => path && isAbsolute(path))
  return state && join(state, 'plugin-flow')
}

function inHome(home: string | undefined): string | undefined {
  return home && join(home, '.local', 'state')
}

/** Looked up in the user database, which lacks the arbitrary users of many containers. */
function homeOfUser(home: () => string | undefined): string | undefined {
  try {
    return home()
  } catch {
    return undefined
  }
}

/**
 * Begins a run in the journal. Nothing is written before its first snapshot.
 *
 * @throws JournalError when the folder is not safe
 */
export async function beginRun(folder: string, engine: JournaledEngine): Promise<OpenRun> {
  await makeOwnFolder(folder).catch((error) => refuse(folder, error))
  const id = randomBytes(4).toString('hex')
  return openRun(folder, { id, engine, began: new Date().toISOString() })
}

/**
 * Takes over a run, to resume it.
 *
 * @throws RunInUse while another process drives it, JournalError when it cannot be read
 */
export async function takeUpRun(folder: string, id: string): Promise<OpenRun & JournaledRun> {
  await assertOwnFolder(folder).catch((error) => {
    if (codeOf(error) !== 'ENOENT') refuse(folder, error)
  })
  const open = await openRun(folder, await readRun(runPath(folder, id), id))
  try {
    // Its owner may have written it since.
    return { ...(await readRun(runPath(folder, id), id)), ...open }
  } catch (error) {
    await open.close()
    throw error
  }
}

/** Limits open files, since some systems allow few. */
const READ_AT_ONCE = 16

/**
 * Lists every run that was written down, oldest first, and whether a process drives it now.
 *
 * @throws JournalError when the folder cannot be read
 */
export async function listRuns(folder: string): Promise<RunList> {
  const list: RunList = { runs: [], unreadable: [] }
  const ids = (await namesIn(folder)).filter((name) => /^[0-9a-f]{8}\.json$/.test(name)).values()
  const readNext = async () => {
    for (const name of ids) {
      const id = name.slice(0, 8)
      const path = runPath(folder, id)
      try {
        const run = await readRun(path, id)
        list.runs.push({ run, isDriven: await isLocked(lockPath(folder, id)) })
      } catch (error) {
        const reason = error instanceof JournalError ? error : unreadable(path, error)
        // A run that has ended meanwhile is no longer there; a link that leads nowhere is.
        const isGone = codeOf(reason.cause) === 'ENOENT' && !(await isLink(path))
        if (!isGone) list.unreadable.push(reason)
      }
    }
  }
  await Promise.all(Array.from({ length: READ_AT_ONCE }, readNext))
  list.runs.sort((one, other) => one.run.began.localeCompare(other.run.began))
  return list
}

function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    await assertOwnFolder(folder)
    return await whenThereIsRoom(() => readdir(folder))
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? [] : refuse(folder, error)
  }
}

function refuse(folder: string, error: unknown): never {
  const why = error instanceof RangeError ? error.message : codeOf(error)
  throw new JournalError(`the folder of runs ${folder} cannot be used: ${why}`)
}

async function openRun(
  folder: string,
  { id, engine, began }: Omit<JournaledRun, 'snapshot'>,
): Promise<OpenRun> {
  const lock = await takeLock(lockPath(folder, id))
  let last: JournaledSnapshot | undefined
  let isOpen = true
  const claims: RunLock[] = []
  return {
    id,
    async write(snapshot) {
      const permitted = lock.isHeld().then((isHeld) => {
        if (!isHeld) throw new RunInUse('another process has taken it up')
        last = snapshot
      })
      // Not written: closing the run removes its file.
      if (isClean(snapshot)) return permitted
      const text = JSON.stringify({ id, engine, began, snapshot })
      await replaceFile(runPath(folder, id), `${text}\n`, permitted)
    },
    async claim(plugin) {
      claims.push(await takeLock(claimPath(folder, engine, plugin), id))
    },
    async close(events) {
      if (!isOpen) return
      isOpen = false
      for (const claim of claims) await claim.release()
      const forget = async (clean: JournaledSnapshot) => {
        // The run has ended well, even if it cannot be recorded.
        await keepEnded(folder, { id, engine, began }, clean, events).catch(() => {})
        await removeFile(runPath(folder, id))
      }
      await lock.release(last && isClean(last) ? forget(last) : undefined)
    },
  }
}

/** True once the run needs no further attention. */
function isClean({ outcome }: JournaledSnapshot): boolean {
  if (outcome && 'rollback' in outcome) return outcome.rollback.result !== 'failed'
  return outcome !== undefined && outcome.state !== 'stranded'
}

function runPath(folder: string, id: string): string {
  return join(folder, `${id}.json`)
}

function lockPath(folder: string, id: string): string {
  return join(folder, `${id}.lock`)
}

/** Hashed, since an address or a name may not be a valid file name. */
function claimPath(folder: string, { host }: JournaledEngine, plugin: string): string {
  const hash = createHash('sha256').update(`${host}\n${plugin}`).digest('hex').slice(0, 32)
  return join(folder, `plugin-${hash}.lock`)
}
