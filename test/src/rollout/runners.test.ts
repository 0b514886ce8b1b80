import {
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
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
import { runnerContract, virtualGround } from '../../support/runnerContract.ts'
import { suite } from '../../support/suite.ts'
import { settled, virtualTime } from '../../support/virtualFlow.ts'

const LEASE_MS = 30_000

runnerContract('memory', async () => {
  const time = virtualTime()
  return {
    runner: createLocalRunner({ time, leaseTime: LEASE_MS }),
    leaseTime: LEASE_MS,
    ...virtualGround(time),
    close: async () => {},
  }
})

runnerContract('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollouts-'))
  const time = virtualTime()
  const options = { time, leaseTime: LEASE_MS }
  let runner = await openEmbeddedRunner(folder, options)
  return {
    runner,
    leaseTime: LEASE_MS,
    ...virtualGround(time),
    async restart() {
      await runner.close()
      runner = await openEmbeddedRunner(folder, options)
      return runner
    },
    async close() {
      await runner.close()
      rmSync(folder, { recursive: true })
    },
  }
})

suite('runner of one process', (test) => {
  test('a timer fires at its millisecond, which may be months away', async () => {
    const time = virtualTime()
    const runner = createLocalRunner({ time })
    const seen: unknown[] = []
    await runner.create('r1', await planFor(1), [])
    await runner.serve({
      worker: 'w',
      parallel: 0,
      target: async () => {},
      event: async (_, message) => void seen.push(message.type),
    })
    const month = 31 * 24 * 60 * 60_000
    await runner.at('r1', 'near', { at: time.now() + 9_000, event: { type: 'near' } })
    await runner.at('r1', 'far', { at: time.now() + month, event: { type: 'far' } })
    await time.pass(8_999)
    assert.equal(seen, [])
    await time.pass(1)
    assert.equal(seen, ['near'])
    await time.pass(month - 9_001)
    assert.equal(seen, ['near'])
    await time.pass(1)
    assert.equal(seen, ['near', 'far'])
  })

  test('a rollout is removed while a worker still returns from it :: the next one is worked on', async () => {
    const runner = createLocalRunner({ time: virtualTime() })
    const begun: string[] = []
    let finish = () => {}
    const returning = new Promise<void>((resolve) => {
      finish = resolve
    })
    for (const rollout of ['r1', 'r2']) await runner.create(rollout, await planFor(1), [])
    await runner.save('r1', { version: 1, event: 'x', snapshot: {}, timers: {} }, 0)
    const stop = await runner.serve({
      worker: 'w',
      parallel: 1,
      event: async () => {},
      async target(rollout) {
        begun.push(rollout)
        if (rollout === 'r1') await returning
      },
    })
    for (const rollout of ['r1', 'r2']) {
      await runner.enqueue(rollout, [{ index: 0, attempt: 1, action: 'do' }])
    }
    assert.equal(begun, ['r1'])
    assert.ok(await runner.remove('r1', 1))
    finish()
    await settled()
    assert.equal(begun, ['r1', 'r2'])
    await stop()
  })
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

  test('one that is removed has no file, and the others are as they were', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      const saved = {
        version: 1,
        event: 'x',
        snapshot: { value: 'done', context: {} },
        timers: {},
      }
      for (const rollout of ['r1', 'r2']) {
        await runner.create(rollout, await planFor(1), [{ ...record(0), rollout }])
        await runner.write({ ...record(0), rollout, state: 'done' })
        await runner.save(rollout, saved, 0)
      }
      assert.ok(await runner.remove('r1', 1))
      assert.equal(readdirSync(folder).sort(), ['r2', 'runner.lock'])
      assert.is(readRollouts(folder).get('r2')?.records[0]?.state, 'done')
      await runner.close()
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

  test('a rollout whose plan was not written yet is not listed, and a missing folder has no rollouts', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(1), [record(0)])
      await runner.close()
      rmSync(join(folder, 'r1', 'plan.json'))
      assert.is(readRollouts(folder).size, 0)
      assert.is(readRollouts(join(folder, 'missing')).size, 0)
    }))

  for (const [what, file, text, why] of [
    ['a plan that was cut', 'plan.json', '{"version":1', 'a file in it is damaged'],
    ['a plan that is something else', 'plan.json', 'null', 'a file in it is damaged'],
    ['a plan that was edited', 'plan.json', undefined, 'the plan is not as it was made'],
    ['records that are missing', 'records.jsonl', '', 'the record of a target is missing'],
    ['a record that is no JSON', 'records.jsonl', '{\n', 'a file in it is damaged'],
    ['a state that is no state', 'states.jsonl', '{"snapshot":{"value":"x"}}\n', 'a file in it'],
  ] as const) {
    test(`${what} :: it is named and left out, and the others are there`, () =>
      onFolder(async (folder) => {
        const runner = await openEmbeddedRunner(folder)
        for (const id of ['r1', 'r2']) await runner.create(id, await planFor(1), [record(0)])
        await runner.close()
        const path = join(folder, 'r1', file)
        const edited = () => JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), at: '' })
        writeFileSync(path, text ?? edited())
        const reported: string[] = []
        const left = readRollouts(folder, ({ message }) => reported.push(message))
        assert.equal([...left.keys()], ['r2'])
        assert.is(reported.length, 1)
        assert.match(
          reported[0] ?? '',
          `the rollout in ${join(folder, 'r1')} cannot be read: ${why}`,
        )
        const again = await openEmbeddedRunner(folder)
        assert.equal(await again.rollouts(), ['r2'])
        await again.close()
      }))
  }

  test('a folder of another user is not used', () =>
    onFolder(async (folder) => {
      if (process.getuid?.() !== 0) return
      chownSync(folder, 65_534, 65_534)
      const { code, message } = await openEmbeddedRunner(folder).catch((thrown) => thrown)
      assert.is(code, 'invalid-configuration')
      assert.match(message, `${folder} cannot be used: it belongs to another user`)
    }))

  test('its files are for their owner alone', () =>
    onFolder(async (folder) => {
      const runner = await openEmbeddedRunner(folder)
      await runner.create('r1', await planFor(1), [record(0)])
      await runner.save('r1', { version: 1, event: 'x', snapshot: {}, timers: {} }, 0)
      await runner.close()
      const modes = ['', 'plan.json', 'records.jsonl', 'states.jsonl'].map(
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
      writeFileSync(join(folder, 'r1', 'inbox.jsonl'), '{\n7\nnull\n')
      sendToRollout(folder, 'r1', { type: 'pause' })
      sendToRollout(folder, 'r1', { type: 'cancel' })
      await both
      assert.equal(seen, ['pause', 'cancel'])
      await runner.close()
      const again = await openEmbeddedRunner(folder)
      await again.close()
    }))
})
