import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { isLocked, RunInUse, type RunLock, takeLock } from '../../../adapters/journal/runLock.ts'
import { suite } from '../../support/suite.ts'

async function onLock(act: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-lock-'))
  try {
    await act(join(folder, 'run.lock'), folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'close')
  return Number(child.pid)
}

async function ownHolder(path: string): Promise<Record<string, unknown>> {
  const lock = await takeLock(path)
  const holder = JSON.parse(readFileSync(path, 'utf8'))
  await lock.release()
  return holder
}

const OPERATIONS = ['link', 'open', 'readFile', 'rename', 'rm'] as const

/** Each operation on a file takes up to so many milliseconds, before it is done and after. */
async function onSlowDisk(ms: number, act: () => Promise<void>): Promise<void> {
  const { promises } = fs
  const wait = () => setTimeout((Math.random() * ms) / 2)
  const originals = OPERATIONS.map((name) => [name, promises[name]] as const)
  for (const [name, original] of originals) {
    const slow = async (...args: unknown[]) => {
      await wait()
      try {
        const result = await (original as (...args: unknown[]) => Promise<unknown>)(...args)
        return name === 'open' ? slowHandle(result as FileHandle, wait) : result
      } finally {
        await wait()
      }
    }
    Object.assign(promises, { [name]: slow })
  }
  syncBuiltinESMExports()
  try {
    await act()
  } finally {
    Object.assign(promises, Object.fromEntries(originals))
    syncBuiltinESMExports()
  }
}

function slowHandle(file: FileHandle, wait: () => Promise<unknown>): FileHandle {
  const { writeFile } = file
  return Object.assign(file, {
    async writeFile(...args: Parameters<typeof writeFile>) {
      await wait()
      await writeFile.apply(file, args)
      await wait()
    },
  })
}

/** As on a system that says neither which start this is nor how processes are divided. */
async function withoutProc(act: () => Promise<void>): Promise<void> {
  const { readFile, readlink } = fs.promises
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
  const unlessProc = (original: object) =>
    function read(path: unknown, ...options: unknown[]) {
      if (String(path).startsWith('/proc/')) return Promise.reject(missing)
      return (original as typeof Promise.resolve)(path, ...(options as []))
    }
  Object.assign(fs.promises, { readFile: unlessProc(readFile), readlink: unlessProc(readlink) })
  syncBuiltinESMExports()
  try {
    await act()
  } finally {
    Object.assign(fs.promises, { readFile, readlink })
    syncBuiltinESMExports()
  }
}

suite('runLock', (test) => {
  test('one holder at a time, and the next when it is given back', () =>
    onLock(async (path, folder) => {
      const lock = await takeLock(path)
      assert.ok(await isLocked(path))
      assert.ok(await lock.isHeld())
      const error = await thrownBy(takeLock(path))
      assert.instance(error, RunInUse)
      assert.is((error as Error).message, `process ${process.pid}`)
      await lock.release()
      assert.not(await isLocked(path))
      assert.not(await lock.isHeld())
      await (await takeLock(path)).release()
      assert.equal(readdirSync(folder), [])
    }))

  test('given back twice :: it is not taken from the next holder', () =>
    onLock(async (path) => {
      const lock = await takeLock(path)
      await lock.release()
      const next = await takeLock(path)
      await lock.release()
      assert.ok(await next.isHeld())
    }))

  test('given back after something else that fails :: it stays', () =>
    onLock(async (path) => {
      const lock = await takeLock(path)
      const refused = new Error('EACCES')
      assert.is(await thrownBy(lock.release(Promise.reject(refused))), refused)
      assert.ok(await lock.isHeld())
    }))

  test('a file system that refuses it :: the reason is passed on, and nothing is left', () =>
    onLock(async (path, folder) => {
      mkdirSync(path)
      assert.match(String(await thrownBy(takeLock(path))), 'EISDIR')
      rmSync(path, { recursive: true })
      const { link } = fs.promises
      const refused = Object.assign(new Error('EPERM'), { code: 'EPERM' })
      fs.promises.link = () => Promise.reject(refused)
      syncBuiltinESMExports()
      try {
        assert.is(await thrownBy(takeLock(path)), refused)
      } finally {
        fs.promises.link = link
        syncBuiltinESMExports()
      }
      assert.equal(readdirSync(folder), [])
    }))

  test('stale :: its process has died, or its number is another’s now, or it is no lock', () =>
    onLock(async (path, folder) => {
      const own = await ownHolder(path)
      const dead = await deadProcess()
      const before = { ...own, boot: 'an earlier start of this host' }
      for (const text of [
        `${dead} 0`,
        `${process.pid} 1`,
        JSON.stringify({ ...own, pid: dead }),
        JSON.stringify({ ...own, start: 1 }),
        JSON.stringify(before),
        JSON.stringify(own).slice(0, 20),
        'rubbish',
        '-1 0',
        '{}',
        'null',
        '',
      ]) {
        writeFileSync(path, text)
        assert.not(await isLocked(path), text)
        const lock = await takeLock(path)
        assert.ok(await isLocked(path))
        await lock.release()
        assert.equal(readdirSync(folder), [], text)
      }
    }))

  test('held by a process that cannot be looked for :: not stale, and says what to remove', () =>
    onLock(async (path) => {
      const own = await ownHolder(path)
      const dead = await deadProcess()
      const elsewhere: [holder: object, where: string][] = [
        [{ namespace: 'pid:[1]' }, 'in another container'],
        [{ host: `${hostname()}-2`, boot: 'x' }, `on the host ${hostname()}-2`],
      ]
      for (const [holder, where] of elsewhere) {
        writeFileSync(path, JSON.stringify({ ...own, pid: dead, ...holder }))
        assert.ok(await isLocked(path))
        const error = await thrownBy(takeLock(path))
        assert.instance(error, RunInUse)
        assert.is(
          (error as Error).message,
          `process ${dead} ${where}; if it has ended, remove ${path}`,
        )
      }
    }))

  test('a system that tells only the names of hosts and processes :: these decide', () =>
    withoutProc(() =>
      onLock(async (path, folder) => {
        const own = await ownHolder(path)
        assert.is(own.boot, '')
        assert.is(own.start, 0)
        writeFileSync(path, JSON.stringify(own))
        assert.is(((await thrownBy(takeLock(path))) as Error).message, `process ${process.pid}`)
        const dead = await deadProcess()
        writeFileSync(path, JSON.stringify({ ...own, pid: dead, host: `${hostname()}-2` }))
        assert.instance(await thrownBy(takeLock(path)), RunInUse)
        writeFileSync(path, JSON.stringify({ ...own, pid: dead }))
        await (await takeLock(path)).release()
        assert.equal(readdirSync(folder), [])
      }),
    ))

  test('a name that is neither free nor a lock :: refused after a bounded number of attempts', () =>
    onLock(async (path, folder) => {
      symlinkSync(join(folder, 'nowhere'), path)
      const error = await thrownBy(takeLock(path))
      assert.instance(error, RunInUse)
      assert.is((error as Error).message, 'others take it at the same time')
      assert.equal(readdirSync(folder), ['run.lock'])
    }))

  test('one that took a stale lock over has died too, before it gave anything back', () =>
    onLock(async (path, folder) => {
      const own = await ownHolder(path)
      const dead = await deadProcess()
      writeFileSync(path, `${dead} 0`)
      for (const id of ['a', 'b', 'c']) {
        const lock = await takeLock(path)
        const [last = ''] = readdirSync(folder)
          .map((name) => join(folder, name))
          .filter((file) => readFileSync(file, 'utf8').includes(`"pid":${process.pid}`))
        writeFileSync(last, JSON.stringify({ ...own, id, pid: dead }))
        assert.not(await lock.isHeld())
        assert.not(await isLocked(path))
      }
      const lock = await takeLock(path)
      assert.ok(await isLocked(path))
      assert.is(readdirSync(folder).length, 5)
      await lock.release()
      assert.equal(readdirSync(folder), [])
    }))
})

suite('runLock :: on a slow disk', (test) => {
  test('of four at once exactly one takes a stale lock, in each round', async () => {
    const dead = await deadProcess()
    await onSlowDisk(50, async () => {
      const rounds = Array.from({ length: 100 }, () =>
        onLock(async (path) => {
          writeFileSync(path, `${dead} 0`)
          const takers = Array.from({ length: 4 }, () => takeLock(path))
          const ends = await Promise.allSettled(takers)
          const taken = ends.filter(({ status }) => status === 'fulfilled')
          assert.is(taken.length, 1)
          const others = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
          assert.ok(others.every((reason) => reason instanceof RunInUse))
        }),
      )
      await Promise.all(rounds)
    })
  })

  test('while it is taken, given back and left by the dying, no two ever hold it', async () => {
    let taken = 0
    await onSlowDisk(20, () =>
      withProcesses(async (processes) => {
        const rounds = Array.from({ length: 40 }, () =>
          onLock(async (path) => {
            const holders = new Set<RunLock>()
            const takeAgain = async () => {
              for (let attempt = 0; attempt < 8; attempt++) {
                const own = processes.start()
                const lock = await own.does(() => takeLock(path)).catch(unlessInUse)
                if (!lock) continue
                taken++
                holders.add(lock)
                assert.is(holders.size, 1)
                await setTimeout(Math.random() * 10)
                assert.ok(await lock.isHeld())
                assert.is(holders.size, 1)
                holders.delete(lock)
                if (Math.random() < 0.5) own.die()
                else await lock.release()
              }
            }
            await Promise.all(Array.from({ length: 4 }, takeAgain))
          }),
        )
        await Promise.all(rounds)
      }),
    )
    assert.ok(taken > 200, `${taken} taken`)
  })
})

function unlessInUse(error: unknown): void {
  assert.instance(error, RunInUse)
}

/** Processes within this one, with numbers that the system does not have. */
async function withProcesses(
  act: (processes: {
    start(): { does<Result>(begin: () => Result): Result; die(): void }
  }) => Promise<void>,
): Promise<void> {
  const { kill, pid } = process
  const living = new Set<number>()
  let last = 2 ** 30
  process.kill = (other, signal) => {
    if (other <= 2 ** 30) return kill.call(process, other, signal)
    if (!living.has(other)) throw Object.assign(new Error('ESRCH'), { code: 'ESRCH' })
    return true
  }
  const name = (value: number) => Object.defineProperty(process, 'pid', { value })
  try {
    await act({
      start() {
        const own = ++last
        living.add(own)
        return {
          does(begin) {
            name(own)
            try {
              return begin()
            } finally {
              name(pid)
            }
          },
          die: () => living.delete(own),
        }
      },
    })
  } finally {
    process.kill = kill
  }
}
