import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { listEnded, readEnded } from '../../../adapters/journal/endedRuns.ts'
import { KEPT } from '../../../adapters/journal/files.ts'
import { beginRun, listRuns } from '../../../adapters/journal/runJournal.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { suite } from '../../support/suite.ts'

const OTHER_USER = 54_321
const failure = {
  code: 'cancelled',
  state: 'pulling',
  message: 'cancelled by a person',
  next: '',
  retryable: true,
} as const
const ended: InstallSnapshot = {
  version: 2,
  state: 'rolledBack',
  name: 'acme/probe:1.0',
  input: {
    reference: 'acme/probe:1.0',
    settings: [{ name: 'PASSWORD', value: 's3cret' }],
    disabled: false,
    grantAllPermissions: true,
    ifPresent: 'fail',
    onFailure: 'remove',
    enableTimeout: 0,
    credentialsAttempts: 3,
  },
  run: { ownership: 'nothing', enableRequested: false },
  outcome: { state: 'rolledBack', failure, rollback: { result: 'nothingToRemove' } },
}
const engine = { host: 'unix:///x.sock', context: 'there', tls: { tlscert: '/home/cert.pem' } }

async function onFolder(act: (folder: string, kept: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-flow-journal-'))
  try {
    const runs = join(folder, 'runs')
    await act(runs, join(runs, 'ended'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Records a run to its end. */
async function end(folder: string, events?: readonly unknown[]): Promise<string> {
  const run = await beginRun(folder, engine)
  await run.write(ended)
  await run.close(events)
  return run.id
}

suite('runs that have ended', (test) => {
  test('are kept without settings, with what was shown of them, for their user only', () =>
    onFolder(async (folder, kept) => {
      const events = [{ type: 'flow', sequence: 1 }]
      const id = await end(folder, events)
      assert.equal((await listRuns(folder)).runs, [])
      const [run, ...others] = await listEnded(folder)
      assert.equal(others, [])
      const { began = '', ended: at = '', ...told } = run ?? {}
      assert.ok(Date.parse(at) >= Date.parse(began))
      assert.equal(told, {
        id,
        host: engine.host,
        context: 'there',
        kind: 'install',
        name: 'acme/probe:1.0',
        reference: 'acme/probe:1.0',
        outcome: 'rolledBack',
        failure: { code: 'cancelled', message: 'cancelled by a person' },
        events,
      })
      const file = join(kept, `${id}.json`)
      assert.not.match(readFileSync(file, 'utf8'), /s3cret|PASSWORD|cert/)
      assert.equal([statSync(kept).mode & 0o777, statSync(file).mode & 0o777], [0o700, 0o600])
      assert.equal(await readEnded(folder, id), run)
    }))

  test('without events, and of too many only those that are no progress', () =>
    onFolder(async (folder) => {
      const bare = await end(folder)
      const progress = { type: 'progress', pad: 'x'.repeat(1_000) }
      const long = await end(folder, [{ type: 'flow' }, ...Array(300).fill(progress)])
      const longest = await end(folder, [{ type: 'flow', pad: 'x'.repeat(300_000) }])
      const eventsOf = async (id: string) => (await readEnded(folder, id))?.events
      assert.is(await eventsOf(bare), undefined)
      assert.equal(await eventsOf(long), [{ type: 'flow' }])
      assert.is(await eventsOf(longest), undefined)
    }))

  test('are listed in the order in which they began', () =>
    onFolder(async (folder, kept) => {
      const text = readFileSync(join(kept, `${await end(folder)}.json`), 'utf8')
      const run = JSON.parse(text)
      const days = ['2026-01-03', '2026-01-01', '2026-01-02']
      for (const [index, began] of days.entries()) {
        const path = join(kept, `0000000${index}.json`)
        writeFileSync(path, JSON.stringify({ ...run, began }), { mode: 0o600 })
      }
      const listed = (await listEnded(folder)).map(({ began }) => began)
      assert.equal(listed, [...days.toSorted(), run.began])
    }))

  if (process.geteuid?.() === 0) {
    test('in a folder of another user :: are not read', () =>
      onFolder(async (folder, kept) => {
        await end(folder)
        chownSync(kept, OTHER_USER, OTHER_USER)
        assert.equal(await listEnded(folder), [])
      }))
  }

  test('are forgotten when there are too many, and when they are too old', () =>
    onFolder(async (folder, kept) => {
      const first = await end(folder)
      const text = readFileSync(join(kept, `${first}.json`), 'utf8')
      const now = Date.now() / 1_000
      const place = (id: string, age: number) => {
        const path = join(kept, `${id}.json`)
        writeFileSync(path, text, { mode: 0o600 })
        utimesSync(path, now - age, now - age)
      }
      const old = 'aaaaaaaa'
      place(old, KEPT.ms / 1_000 + 86_400)
      assert.equal(
        (await listEnded(folder)).map(({ id }) => id),
        [first],
        'not shown any more',
      )
      for (let run = 0; run < KEPT.count; run++) {
        place(run.toString(16).padStart(8, '0'), 60 + run)
      }
      const last = await end(folder)
      const left = readdirSync(kept)
      assert.is(left.length, KEPT.count)
      assert.ok(left.includes(`${last}.json`))
      assert.not.ok(left.includes(`${old}.json`))
      assert.not.ok(left.includes('00000063.json'))
      assert.is((await listEnded(folder)).length, KEPT.count)
    }))

  test('one that is damaged is left out, and said to be so when it is asked for', () =>
    onFolder(async (folder, kept) => {
      const id = await end(folder)
      writeFileSync(join(kept, 'bbbbbbbb.json'), '{"host":1}', { mode: 0o600 })
      writeFileSync(join(kept, 'notes.txt'), '')
      symlinkSync(join(kept, 'nowhere'), join(kept, 'dddddddd.json'))
      assert.equal(
        (await listEnded(folder)).map((run) => run.id),
        [id],
      )
      const error = await readEnded(folder, 'bbbbbbbb').catch((thrown: Error) => thrown)
      assert.match(
        error instanceof Error ? error.message : '',
        'bbbbbbbb.json cannot be read: it is damaged',
      )
      assert.is(await readEnded(folder, 'cccccccc'), undefined)
    }))

  test('a run that has ended ends, where it cannot be kept', () =>
    onFolder(async (folder, kept) => {
      mkdirSync(folder, { mode: 0o700 })
      writeFileSync(kept, '')
      await end(folder)
      assert.equal(readdirSync(folder), ['ended'])
      assert.equal(await listEnded(folder), [])
    }))
})
