import { execFileSync } from 'node:child_process'
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { replaceFile } from '../../../adapters/journal/files.ts'
import {
  beginRun,
  JournalError,
  journalFolder,
  listRuns,
  type RunList,
  takeUpRun,
} from '../../../adapters/journal/runJournal.ts'
import { isLocked, RunInUse } from '../../../adapters/journal/runLock.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { suite } from '../../support/suite.ts'

const snapshot: InstallSnapshot = {
  version: 2,
  state: 'pulling.streaming',
  name: 'acme/probe:1.0',
  input: {
    reference: 'acme/probe:1.0',
    settings: [],
    disabled: false,
    grantAllPermissions: true,
    ifPresent: 'fail',
    onFailure: 'remove',
    enableTimeout: 0,
    credentialsAttempts: 3,
  },
  run: { ownership: 'uncertain', enableRequested: false },
}
const failure = {
  code: 'cancelled',
  state: 'pulling',
  message: '',
  next: '',
  retryable: true,
} as const

async function onFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-journal-'))
  try {
    await act(join(folder, 'runs'))
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

suite('runJournal', (test) => {
  test('a run is written, listed as driven, left, and taken up', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'unix:///x.sock' })
      assert.equal(await listRuns(folder), { runs: [], unreadable: [] })
      await run.write(snapshot)
      const [driven] = (await listRuns(folder)).runs
      assert.ok(driven?.isDriven)
      assert.equal(driven?.run.snapshot, snapshot)
      assert.is(driven?.run.engine.host, 'unix:///x.sock')
      assert.instance(await thrownBy(takeUpRun(folder, run.id)), RunInUse)
      await run.close()
      assert.not((await listRuns(folder)).runs[0]?.isDriven)
      const taken = await takeUpRun(folder, run.id)
      assert.equal(taken.snapshot, snapshot)
      await taken.write({ ...snapshot, state: 'enabling' })
      await taken.close()
      assert.is((await listRuns(folder)).runs[0]?.run.snapshot.state, 'enabling')
      assert.is((await listRuns(folder)).runs[0]?.run.began, driven?.run.began)
    }))

  test('a plugin is claimed until its run is closed, on its engine, and the run is named', () =>
    onFolder(async (folder) => {
      const [first, second] = [
        await beginRun(folder, { host: 'unix:///x.sock' }),
        await beginRun(folder, { host: 'unix:///x.sock' }),
      ]
      const elsewhere = await beginRun(folder, { host: 'unix:///y.sock' })
      await first.claim('acme/notes:1.0')
      const refused = await thrownBy(second.claim('acme/notes:1.0'))
      assert.instance(refused, RunInUse)
      assert.equal(
        [(refused as RunInUse).run, (refused as RunInUse).message],
        [first.id, `process ${process.pid}`],
      )
      await second.claim('acme/notes:2.0')
      await elsewhere.claim('acme/notes:1.0')
      assert.equal(await listRuns(folder), { runs: [], unreadable: [] })
      await first.close()
      await second.claim('acme/notes:1.0')
      await Promise.all([second.close(), elsewhere.close()])
      assert.equal(readdirSync(folder), [])
    }))

  test('given back twice, it is not taken from the process that has taken it up meanwhile', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'unix:///x.sock' })
      await run.write(snapshot)
      await run.close()
      const taken = await takeUpRun(folder, run.id)
      await run.close()
      assert.instance(await thrownBy(takeUpRun(folder, run.id)), RunInUse)
      await taken.close()
    }))

  test('a run that has ended with nothing left behind is forgotten, another is not', () =>
    onFolder(async (folder) => {
      const ends = [
        [{ result: 'nothingToRemove' }, 0],
        [{ result: 'removed', name: 'a', id: 'b' }, 0],
        [{ result: 'failed', name: 'a', reason: '', command: '' }, 1],
      ] as const
      for (const [rollback, left] of ends) {
        const run = await beginRun(folder, { host: 'unix:///x.sock' })
        const outcome = { state: 'rolledBack', failure, rollback } as const
        await run.write({ ...snapshot, state: 'rolledBack', outcome })
        await run.close()
        assert.is((await listRuns(folder)).runs.length, left)
      }
    }))

  test('only its user can read it, and nothing else is left in the folder', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'unix:///x.sock' })
      await run.write(snapshot)
      await run.write(snapshot)
      await run.close()
      assert.equal(readdirSync(folder), [`${run.id}.json`])
      assert.is(statSync(folder).mode & 0o777, 0o700)
      assert.is(statSync(join(folder, `${run.id}.json`)).mode & 0o777, 0o600)
    }))

  test('a run that cannot be read is named', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'unix:///x.sock' })
      await run.write(snapshot)
      await run.close()
      const path = join(folder, `${run.id}.json`)
      for (const [text, why] of [
        ['', 'it is not valid JSON'],
        ['{', 'it is not valid JSON'],
        ['7', 'it is damaged: it is not as expected'],
        ['{}', 'it is damaged: engine is not as expected'],
        ['{"engine":{"host":"a"},"began":"b"}', 'it is damaged: snapshot is not as expected'],
        ['{"engine":{"host":"a"},"began":"b","snapshot":{"version":1}}', 'version 1'],
        [
          JSON.stringify({ engine: { host: 'a', proxy: 'http://b' }, began: 'b', snapshot }),
          'proxy',
        ],
      ] as const) {
        writeFileSync(path, text)
        const error = await thrownBy(takeUpRun(folder, run.id))
        assert.instance(error, JournalError)
        assert.match(String(error), path)
        assert.match(String(error), why)
      }
      assert.not(await isLocked(join(folder, `${run.id}.lock`)))
      assert.instance(await thrownBy(takeUpRun(folder, '00000000')), JournalError)
      assert.instance(await thrownBy(listRuns(path)), JournalError)
    }))

  const folders: [env: Record<string, string>, platform: NodeJS.Platform, folder: string][] = [
    [{ XDG_STATE_HOME: '/s', HOME: '/h' }, 'linux', '/s/plugin-flow'],
    [{ HOME: '/h' }, 'linux', '/h/.local/state/plugin-flow'],
    [{ XDG_STATE_HOME: 's', HOME: '/h' }, 'linux', '/h/.local/state/plugin-flow'],
    [{ XDG_STATE_HOME: '', HOME: 'h' }, 'linux', '/u/.local/state/plugin-flow'],
    [{}, 'linux', '/u/.local/state/plugin-flow'],
    [{ LOCALAPPDATA: '/l', HOME: '/h' }, 'win32', '/l/plugin-flow'],
  ]
  for (const [env, platform, folder] of folders) {
    test(`the folder :: ${platform} ${JSON.stringify(env)}`, () =>
      assert.is(
        journalFolder(env, platform, () => '/u'),
        folder,
      ))
  }

  test('the folder :: by default in the home of the user; none for one without', () => {
    const home = join(userInfo().homedir, '.local', 'state', 'plugin-flow')
    assert.is(journalFolder({}, 'linux'), home)
    assert.is(
      journalFolder({}, 'linux', () => undefined),
      undefined,
    )
    // As Node.js does for a user whom the system's list does not have.
    const unlisted = () => {
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' })
    }
    assert.is(journalFolder({}, 'linux', unlisted), undefined)
  })
})

/** Two runs that were left, and one more file. */
async function withThird(write: (path: string) => void, act: (list: RunList) => void) {
  await onFolder(async (folder) => {
    for (const name of ['a', 'b']) {
      const run = await beginRun(folder, { host: `unix:///${name}.sock` })
      await run.write(snapshot)
      await run.close()
    }
    const path = join(folder, '00000000.json')
    write(path)
    act(await listRuns(folder))
    assert.instance(await thrownBy(takeUpRun(folder, '00000000')), JournalError)
  })
}

suite('listRuns :: one bad file', (test) => {
  const whole = { engine: { host: 'a' }, began: 'b', snapshot }
  const writeWhole = (path: string, mode: number) => {
    writeFileSync(path, JSON.stringify(whole))
    chmodSync(path, mode)
  }
  const files: [title: string, write: (path: string) => void, why: string][] = [
    [
      'is cut',
      (path) => writeFileSync(path, JSON.stringify(whole).slice(0, 20)),
      'it is not valid JSON',
    ],
    ['is empty', (path) => writeFileSync(path, ''), 'it is not valid JSON'],
    ['is a folder', (path) => mkdirSync(path), 'it is not a file'],
    ['leads nowhere but to itself', (path) => symlinkSync(path, path), 'ELOOP'],
    ['leads nowhere', (path) => symlinkSync('/nowhere', path), 'there is no such run'],
    ['is a pipe', (path) => execFileSync('mkfifo', [path]), 'it is not a file'],
    ['is an endless device', (path) => symlinkSync('/dev/zero', path), 'it is not a file'],
    [
      'can be written by other users',
      (path) => writeWhole(path, 0o666),
      'other users can write it',
    ],
    [
      'is too large',
      (path) => {
        writeWhole(path, 0o600)
        truncateSync(path, 16 * 1024 ** 2 + 1)
      },
      'it is too large',
    ],
  ]
  for (const [title, write, why] of files) {
    test(`${title} :: the others are listed, and it is named`, () =>
      withThird(write, ({ runs, unreadable }) => {
        assert.is(runs.length, 2)
        assert.is(unreadable.length, 1)
        assert.match(unreadable[0]?.message ?? '', '/00000000.json')
        assert.match(unreadable[0]?.message ?? '', why)
      }))
  }

  test('has a lock that cannot be read :: it is named', () =>
    onFolder(async (folder) => {
      mkdirSync(folder, { mode: 0o700 })
      writeWhole(join(folder, '00000000.json'), 0o600)
      mkdirSync(join(folder, '00000000.lock'))
      const { runs, unreadable } = await listRuns(folder)
      assert.equal(runs, [])
      assert.match(unreadable[0]?.message ?? '', /00000000\.json.*EISDIR/)
    }))

  test('belongs to another user :: it is not read', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'a' })
      await run.write(snapshot)
      await run.close()
      const withForeignFiles = withPatched('open', (open) => async (...args) => {
        const file = await open(...args)
        const stats = await file.stat()
        return Object.assign(file, {
          stat: async () => Object.assign(stats, { uid: stats.uid + 1 }),
        })
      })
      const { runs, unreadable } = await withForeignFiles(() => listRuns(folder))
      assert.equal(runs, [])
      assert.match(unreadable[0]?.message ?? '', 'it belongs to another user')
    }))

  test('has any value of any type anywhere :: it is listed or named, and nothing else fails', () =>
    onFolder(async (folder) => {
      mkdirSync(folder, { mode: 0o700 })
      const privileges = [{ Name: 'network', Description: '', Value: ['host'] }]
      const request = { id: 1, reference: 'r', name: 'n', privileges, settings: [] }
      const run = {
        ...snapshot.run,
        id: 'a1',
        failure,
        consent: { by: 'person', at: 'now', request },
      }
      const outcome = { state: 'rolledBack', failure, rollback: { result: 'failed' } }
      const damaged = { ...whole, snapshot: { ...snapshot, run, outcome } }
      let files = 0
      for (const path of pathsIn(damaged)) {
        for (const value of [null, 7, '', true, [], {}, [null], [7]]) {
          const file = join(folder, `${(files++).toString(16).padStart(8, '0')}.json`)
          writeFileSync(file, JSON.stringify(replaced(damaged, path, value)), { mode: 0o600 })
        }
      }
      const { runs, unreadable } = await listRuns(folder)
      assert.ok(runs.length > 0 && unreadable.length > 300, `${runs.length} ${unreadable.length}`)
      assert.is(runs.length + unreadable.length, files)
      for (const { run: listed } of runs) {
        const { id, began, engine, snapshot: seen } = listed
        const { name, state, input, run: known } = seen as InstallSnapshot
        assert.ok(['fail', 'keep', 'finish'].includes(input.ifPresent))
        assert.ok(['remove', 'keep'].includes(input.onFailure))
        assert.ok(Number.isSafeInteger(input.enableTimeout + input.credentialsAttempts))
        assert.is.not(known.id, '')
        const shown = [id, began, engine.host, engine.context, name, state, input.reference]
        assert.ok(shown.every((each) => ['string', 'undefined'].includes(typeof each)))
      }
    }))
})

suite('listRuns :: few files may be open', (test) => {
  test('many runs :: not more than some are read at once', () =>
    onFolder(async (folder) => {
      mkdirSync(folder, { mode: 0o700 })
      const text = JSON.stringify({ engine: { host: 'a' }, began: 'b', snapshot })
      for (let run = 0; run < 701; run++) {
        const name = run.toString(16).padStart(8, '0')
        writeFileSync(join(folder, `${name}.json`), text, { mode: 0o600 })
      }
      const script = `import { listRuns } from './adapters/journal/runJournal.ts'
        const { runs, unreadable } = await listRuns(${JSON.stringify(folder)})
        console.log(runs.length, unreadable.length)`
      const limited = `ulimit -n 60; exec "$0" --import tsx --input-type=module -e "$1"`
      const out = execFileSync('sh', ['-c', limited, process.execPath, script], {
        encoding: 'utf8',
      })
      assert.is(out, '701 0\n')
    }))

  test('none is free for a moment :: waited for', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'a' })
      await run.write(snapshot)
      await run.close()
      let refused = 3
      const list = await withPatched('open', (open) => (...args) => {
        if (refused-- > 0) throw Object.assign(new Error('EMFILE'), { code: 'EMFILE' })
        return open(...args)
      })(() => listRuns(folder))
      assert.is(list.runs.length, 1)
      assert.is(list.unreadable.length, 0)
      assert.ok(refused < 0)
    }))
})

suite('the folder of runs', (test) => {
  for (const mode of [0o777, 0o770, 0o755]) {
    test(`has the mode ${mode.toString(8)} :: mended before anything is done in it`, () =>
      onFolder(async (folder) => {
        for (const use of [
          () => beginRun(folder, { host: 'a' }).then((run) => run.close()),
          () => listRuns(folder),
          () => takeUpRun(folder, '00000000').catch(() => {}),
        ]) {
          mkdirSync(folder, { recursive: true })
          chmodSync(folder, mode)
          await use()
          assert.is(statSync(folder).mode & 0o777, 0o700)
        }
      }))
  }

  test('belongs to another user :: refused', () =>
    onFolder(async (folder) => {
      mkdirSync(folder)
      const { geteuid } = process
      process.geteuid = () => statSync(folder).uid + 1
      try {
        for (const use of [
          () => beginRun(folder, { host: 'a' }),
          () => listRuns(folder),
          () => takeUpRun(folder, '00000000'),
        ]) {
          const error = await thrownBy(use())
          assert.instance(error, JournalError)
          assert.match(String(error), `${folder} cannot be used: it belongs to another user`)
        }
      } finally {
        if (geteuid) process.geteuid = geteuid
      }
    }))

  test('on a system whose users have no numbers :: trusted', () =>
    onFolder(async (folder) => {
      const { geteuid } = process
      Object.assign(process, { geteuid: undefined })
      try {
        const run = await beginRun(folder, { host: 'a' })
        await run.write(snapshot)
        await run.close()
        assert.equal(
          (await listRuns(folder)).runs.map(({ run: { id } }) => id),
          [run.id],
        )
      } finally {
        Object.assign(process, { geteuid })
      }
    }))

  test('is on a full disk :: told, and nothing is left behind', () =>
    onFolder(async (folder) => {
      const full = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))
      const opened: FileHandle[] = []
      const onFullDisk = withPatched('open', (open) => async (...args) => {
        const file = await open(...args)
        opened.push(file)
        return Object.assign(file, { writeFile: full })
      })
      const error = await thrownBy(onFullDisk(() => beginRun(folder, { host: 'a' })))
      assert.match(String(error), 'ENOSPC')
      const run = await beginRun(folder, { host: 'a' })
      assert.match(String(await thrownBy(onFullDisk(() => run.write(snapshot)))), 'ENOSPC')
      await run.close()
      assert.ok(opened.length >= 2)
      assert.equal(
        opened.filter(({ fd }) => fd !== -1),
        [],
      )
      assert.equal(readdirSync(folder), [])
    }))
})

suite('a file that cannot be put into its place', (test) => {
  test('the last record stays, and nothing is left aside', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'a' })
      await run.write(snapshot)
      const refused = Object.assign(new Error('EPERM'), { code: 'EPERM' })
      const patched = withPatched('rename', () => () => Promise.reject(refused))
      assert.is(
        await thrownBy(patched(() => run.write({ ...snapshot, state: 'enabling' }))),
        refused,
      )
      await run.close()
      assert.equal(readdirSync(folder), [`${run.id}.json`])
      assert.is((await listRuns(folder)).runs[0]?.run.snapshot.state, 'pulling.streaming')
    }))

  test('a new record takes its place only once that is permitted and it is written', () =>
    onFolder(async (folder) => {
      mkdirSync(folder)
      const path = join(folder, 'record')
      await replaceFile(path, 'old', Promise.resolve())
      let permit = () => {}
      const permitted = new Promise<void>((resolve) => {
        permit = resolve
      })
      const replaced = replaceFile(path, 'new', permitted)
      while (readdirSync(folder).length < 2) await setImmediate()
      assert.is(readFileSync(path, 'utf8'), 'old')
      permit()
      await replaced
      assert.is(readFileSync(path, 'utf8'), 'new')
      const refused = new Error('refused')
      assert.is(await thrownBy(replaceFile(path, 'other', Promise.reject(refused))), refused)
      assert.is(readFileSync(path, 'utf8'), 'new')
      const full = () => Promise.reject(new Error('full'))
      const patched = withPatched('open', () => full)
      assert.is(
        await thrownBy(patched(() => replaceFile(path, 'other', Promise.reject(refused)))),
        refused,
      )
      assert.equal(readdirSync(folder), ['record'])
    }))

  test('a run that goes while it is taken up :: its lock is given back', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'a' })
      await run.write(snapshot)
      await run.close()
      const path = join(folder, `${run.id}.json`)
      let reads = 0
      const patched = withPatched('open', (open) => (file, ...args) => {
        if (file === path && ++reads === 2) rmSync(path)
        return open(file, ...args)
      })
      assert.instance(await thrownBy(patched(() => takeUpRun(folder, run.id))), JournalError)
      assert.is(reads, 2)
      assert.equal(readdirSync(folder), [])
    }))
})

suite('a run that another process has taken over', (test) => {
  test('is not written any more, nor taken from it', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'a' })
      await run.write(snapshot)
      const lock = join(folder, `${run.id}.lock`)
      rmSync(lock)
      const other = await takeUpRun(folder, run.id)
      const error = await thrownBy(run.write({ ...snapshot, state: 'enabling' }))
      assert.instance(error, RunInUse)
      await run.close()
      assert.ok(await isLocked(lock))
      assert.is((await listRuns(folder)).runs[0]?.run.snapshot.state, 'pulling.streaming')
      await other.close()
      assert.equal(readdirSync(folder), [`${run.id}.json`])
    }))
})

type Files = typeof fs.promises

/** Runs with another function of `node:fs/promises`. */
function withPatched<Name extends 'open' | 'rename'>(
  name: Name,
  patch: (original: Files[Name]) => Files[Name],
) {
  return async <Result>(act: () => Promise<Result>): Promise<Result> => {
    const original = fs.promises[name]
    fs.promises[name] = patch(original)
    syncBuiltinESMExports()
    try {
      return await act()
    } finally {
      fs.promises[name] = original
      syncBuiltinESMExports()
    }
  }
}

/** The way to every value within one. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsIn(inner).map((path) => [key, ...path]),
  ])
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) }
  return Object.assign(copy, { [key]: replaced((value as Record<string, unknown>)[key], rest, by) })
}
