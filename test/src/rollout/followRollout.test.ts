import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { TargetRecord } from '../../../machines/rollout/records.ts'
import { type FollowedRollout, followRollout } from '../../../src/rollout/followRollout.ts'
import { planFor } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'

interface Stage {
  folder: string
  followed: FollowedRollout
  /** Writes down a record of a target, as the process of a rollout does. */
  write(index: number, changes?: Partial<TargetRecord>): string
}

/** A rollout of three targets in a folder. */
async function onFolder(act: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'follow-'))
  const path = join(folder, 'records.jsonl')
  try {
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(await planFor(3)))
    const write = (index: number, changes: Partial<TargetRecord> = {}) => {
      const first = { rollout: 'r', index, target: `t${index}`, state: 'queued', attempt: 0 }
      const line = `${JSON.stringify({ ...first, times: {}, ...changes })}\n`
      appendFileSync(path, line)
      return line
    }
    for (const index of [0, 1, 2]) write(index)
    await act({ folder, followed: followRollout(folder), write })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

suite('followRollout', (test) => {
  test('first all targets, then those with a record after a version', () =>
    onFolder(async ({ followed, write }) => {
      await followed.refresh()
      assert.equal(
        followed.rowsAfter(0).map(({ target, state }) => `${target} ${state}`),
        ['t0 queued', 't1 queued', 't2 queued'],
      )
      const { version } = followed
      write(1, { state: 'leased', attempt: 1, zone: 'eu' })
      write(1, { state: 'failed', attempt: 1, zone: 'eu', code: 'unauthorized', message: 'no' })
      assert.equal(followed.rowsAfter(version), [])
      await Promise.all([followed.refresh(), followed.refresh()])
      const failed = { target: 't1', zone: 'eu', code: 'unauthorized', message: 'no' }
      assert.equal(followed.rowsAfter(version), [
        { index: 1, state: 'failed', attempt: 1, ...failed },
      ])
      assert.equal(followed.rowsAfter(followed.version), [])
    }))

  test('a long message :: its beginning in the row, and all of it in the record', () =>
    onFolder(async ({ followed, write }) => {
      const message = 'no'.repeat(1_000)
      write(1, { message })
      await followed.refresh()
      assert.is(followed.rows[1]?.message, message.slice(0, 300))
      assert.is((await followed.record(1))?.message, message)
    }))

  test('records of more than a chunk :: each whole, and found again in the file', () =>
    onFolder(async ({ followed, write }) => {
      const long = 'ü€'.repeat(100_000)
      for (const index of [0, 1, 2]) write(index, { state: 'done', next: `${index} ${long}` })
      await followed.refresh()
      assert.equal(
        followed.rows.map(({ state }) => state),
        ['done', 'done', 'done'],
      )
      assert.is((await followed.record(1))?.next, `1 ${long}`)
      assert.is(await followed.record(7), undefined)
    }))

  test('a line that is half written counts once it is whole', () =>
    onFolder(async ({ folder, followed, write }) => {
      const path = join(folder, 'records.jsonl')
      const before = readFileSync(path, 'utf8')
      const line = write(2, { state: 'done' })
      writeFileSync(path, before + line.slice(0, 20))
      await followed.refresh()
      assert.is(followed.rows[2]?.state, 'queued')
      appendFileSync(path, line.slice(20))
      await followed.refresh()
      assert.is(followed.rows[2]?.state, 'done')
    }))

  test('damaged :: an error that names the folder', () =>
    onFolder(async ({ folder, followed }) => {
      const refused = (words: string) =>
        followed.refresh().then(
          () => assert.unreachable(words),
          (error) => {
            assert.instance(error, RangeError)
            assert.is(error.message, `the rollout in ${folder} cannot be read: ${words}`)
          },
        )
      await followed.refresh()
      writeFileSync(join(folder, 'states.jsonl'), '{\n')
      await refused('a file in it is damaged')
      rmSync(join(folder, 'states.jsonl'))
      appendFileSync(join(folder, 'records.jsonl'), 'x\n')
      await refused('a file in it is damaged')
      const plan = readFileSync(join(folder, 'plan.json'), 'utf8')
      writeFileSync(join(folder, 'plan.json'), plan.replaceAll('vieux/sshfs', 'evil/sshfs'))
      assert.throws(() => followRollout(folder), /cannot be read: the plan is not as it was made$/)
    }))

  test('a target without a record', () =>
    onFolder(async ({ folder }) => {
      const path = join(folder, 'records.jsonl')
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(1).join('\n'))
      await followRollout(folder)
        .refresh()
        .then(
          () => assert.unreachable(),
          ({ message }) => assert.match(message, /the record of a target is missing$/),
        )
    }))
})
