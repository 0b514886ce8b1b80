import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  beginRun,
  JournalError,
  journalFolder,
  listRuns,
  takeUpRun,
} from '../../../adapters/journal/runJournal.ts'
import { isLocked, RunInUse, takeLock } from '../../../adapters/journal/runLock.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { suite } from '../../support/suite.ts'

const snapshot: InstallSnapshot = {
  version: 1,
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
      assert.equal(await listRuns(folder), [])
      await run.write(snapshot)
      const [driven] = await listRuns(folder)
      assert.ok(driven?.isDriven)
      assert.equal(driven?.run.snapshot, snapshot)
      assert.is(driven?.run.engine.host, 'unix:///x.sock')
      assert.instance(await thrownBy(takeUpRun(folder, run.id)), RunInUse)
      await run.close()
      assert.not((await listRuns(folder))[0]?.isDriven)
      const taken = await takeUpRun(folder, run.id)
      assert.equal(taken.snapshot, snapshot)
      await taken.write({ ...snapshot, state: 'enabling' })
      await taken.close()
      assert.is((await listRuns(folder))[0]?.run.snapshot.state, 'enabling')
      assert.is((await listRuns(folder))[0]?.run.began, driven?.run.began)
    }))

  test('given back twice, it is not taken from whoever has taken it up meanwhile', () =>
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
        assert.is((await listRuns(folder)).length, left)
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

  test('what cannot be read is named', () =>
    onFolder(async (folder) => {
      const run = await beginRun(folder, { host: 'unix:///x.sock' })
      await run.write(snapshot)
      await run.close()
      const path = join(folder, `${run.id}.json`)
      for (const text of [
        '{',
        '{}',
        '{"engine":{"host":"a"},"began":"b","snapshot":{"version":2}}',
        JSON.stringify({ engine: { host: 'a', proxy: 'http://b' }, began: 'b', snapshot }),
      ]) {
        writeFileSync(path, text)
        const error = await thrownBy(takeUpRun(folder, run.id))
        assert.instance(error, JournalError)
        assert.match(String(error), path)
      }
      assert.not(await isLocked(join(folder, `${run.id}.lock`)))
      assert.instance(await thrownBy(takeUpRun(folder, '00000000')), JournalError)
      assert.instance(await thrownBy(listRuns(path)), JournalError)
    }))

  test('the folder :: of the environment, and nowhere without one', () => {
    assert.is(journalFolder({ XDG_STATE_HOME: '/s', HOME: '/h' }, 'linux'), '/s/plugin-flow')
    assert.is(journalFolder({ HOME: '/h' }, 'linux'), '/h/.local/state/plugin-flow')
    assert.is(journalFolder({ LOCALAPPDATA: '/l', HOME: '/h' }, 'win32'), '/l/plugin-flow')
    assert.is(journalFolder({}, 'linux'), undefined)
  })
})

suite('runLock', (test) => {
  test('one holder at a time, and the next when it is given back', () =>
    onFolder(async (folder) => {
      const path = `${folder}.lock`
      const release = await takeLock(path)
      assert.ok(await isLocked(path))
      assert.instance(await thrownBy(takeLock(path)), RunInUse)
      await release()
      assert.not(await isLocked(path))
      await (await takeLock(path))()
    }))

  test('of many that want it at once one gets it', () =>
    onFolder(async (folder) => {
      const path = `${folder}.lock`
      writeFileSync(path, '999999999 1')
      const taken = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(path)))
      assert.is(taken.filter(({ status }) => status === 'fulfilled').length, 1)
    }))

  test('stale :: its process has died, or its number is another’s now, or it is no lock', () =>
    onFolder(async (folder) => {
      const path = `${folder}.lock`
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
      const dead = `${child.pid} 0`
      child.kill('SIGKILL')
      await once(child, 'close')
      for (const text of [dead, `${process.pid} 1`, 'rubbish', '-1 0', '']) {
        writeFileSync(path, text)
        assert.not(await isLocked(path), text)
        const release = await takeLock(path)
        assert.match(readFileSync(path, 'utf8'), String(process.pid))
        await release()
      }
    }))
})
