import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import {
  createLocalRunner,
  openEmbeddedRunner,
  readRollouts,
  sendToRollout,
} from '../../../src/rollout.ts'
import { planFor } from '../../support/rolloutStage.ts'
import { runnerContract } from '../../support/runnerContract.ts'
import { suite } from '../../support/suite.ts'

runnerContract('memory', async (time, leaseTime) => ({
  runner: createLocalRunner({ time, leaseTime }),
  time,
  close: async () => {},
}))

runnerContract('embedded', async (time, leaseTime) => {
  const folder = mkdtempSync(join(tmpdir(), 'rollouts-'))
  let runner = await openEmbeddedRunner(folder, { time, leaseTime })
  return {
    runner,
    time,
    async restart() {
      await runner.close()
      runner = await openEmbeddedRunner(folder, { time, leaseTime })
      return runner
    },
    async close() {
      await runner.close()
      rmSync(folder, { recursive: true })
    },
  }
})

async function onFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollouts-'))
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

suite('embedded runner', (test) => {
  const record = (index: number) => ({
    rollout: 'r1',
    index,
    target: `t${index}`,
    state: 'queued' as const,
    attempt: 0,
    times: {},
  })

  test('one process has a folder at a time', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      const error = await openEmbeddedRunner(folder).catch((thrown) => thrown)
      assert.is(error.name, 'RunInUse')
      await runner.close()
      await (await openEmbeddedRunner(folder)).close()
    }))

  test('a line that was cut is dropped, and the next one is whole', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(2), [record(0), record(1)])
      await runner.close()
      const path = join(folder, 'r1', 'records.jsonl')
      writeFileSync(path, `${readFileSync(path, 'utf8')}{"rollout":"r1","ind`)
      assert.is(readRollouts(folder).get('r1')?.records.length, 2)
      const again = await openEmbeddedRunner(folder)
      await again.write({ ...record(1), state: 'done' })
      await again.close()
      assert.is(readRollouts(folder).get('r1')?.records[1]?.state, 'done')
    }))

  test('a rollout whose plan was not written yet is none, and a missing folder has none', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(1), [record(0)])
      await runner.close()
      rmSync(join(folder, 'r1', 'plan.json'))
      assert.is(readRollouts(folder).size, 0)
      assert.is(readRollouts(join(folder, 'missing')).size, 0)
    }))

  test('what it writes is for its owner alone', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(1), [record(0)])
      await runner.save('r1', { version: 1, event: 'x', snapshot: {}, timers: {} }, 0)
      await runner.close()
      const modes = ['', 'plan.json', 'records.jsonl', 'state.json'].map(
        (name) => statSync(join(folder, 'r1', name)).mode & 0o077,
      )
      assert.equal(modes, [0, 0, 0, 0])
    }))

  test('another process sends events by the inbox, each of which comes once', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(1), [record(0)])
      const seen: string[] = []
      const both = new Promise<void>((resolve) => {
        void runner.serve({
          worker: 'w',
          parallel: 0,
          target: async () => {},
          async event(_, { type }) {
            seen.push(type)
            if (type === 'cancel') resolve()
          },
        })
      })
      sendToRollout(folder, 'r1', { type: 'pause' })
      sendToRollout(folder, 'r1', { type: 'cancel' })
      await both
      assert.equal(seen, ['pause', 'cancel'])
      await runner.close()
      const again = await openEmbeddedRunner(folder)
      await again.close()
    }))
})
