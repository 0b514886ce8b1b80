import * as assert from 'uvu/assert'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { Lease, TargetRecord } from '../../machines/rollout/records.ts'
import type { Runner, RunnerHandlers, TargetTask } from '../../src/rollout.ts'
import { planFor } from './rolloutStage.ts'
import { suite } from './suite.ts'
import { type VirtualTime, virtualTime } from './virtualFlow.ts'

const LEASE_MS = 30_000
const ID = 'r1'

/** A runner under test, in a time that passes only when the test says so. */
export interface RunnerGround {
  runner: Runner
  time: VirtualTime
  /** Ends the process of the runner without a word, and starts another one. */
  restart?(): Promise<Runner>
  close(): Promise<void>
}

/** What every runner has to do, whatever it keeps its rollouts in. */
export function runnerContract(
  name: string,
  open: (time: VirtualTime, leaseTime: number) => Promise<RunnerGround>,
): void {
  const on = async (act: (ground: RunnerGround, plan: RolloutPlan) => Promise<void>) => {
    const ground = await open(virtualTime(), LEASE_MS)
    const plan = await planFor(5)
    await ground.runner.create(ID, plan, recordsFor(plan))
    try {
      await act(ground, plan)
    } finally {
      await ground.close()
    }
  }

  suite(`runner contract: ${name}`, (test) => {
    test('a rollout is created once', () =>
      on(async ({ runner }, plan) => {
        await runner.write({ ...recordsFor(plan)[0], state: 'kept' } as TargetRecord)
        await runner.create(ID, plan, recordsFor(plan))
        assert.equal((await runner.records(ID))[0]?.state, 'kept')
        assert.equal(await runner.rollouts(), [ID])
        assert.equal(await runner.plan(ID), plan)
        assert.is(await runner.plan('other'), undefined)
        assert.is(await runner.load('other'), undefined)
      }))

    test('of two that save the same version one does', () =>
      on(async ({ runner }) => {
        const saved = { version: 1, event: 'x', snapshot: { a: 1 }, timers: {} }
        assert.is(await runner.load(ID), undefined)
        assert.ok(await runner.save(ID, saved, 0))
        assert.not(await runner.save(ID, { ...saved, snapshot: {} }, 0))
        assert.equal(await runner.load(ID), saved)
        assert.ok(await runner.save(ID, { ...saved, version: 2 }, 1))
      }))

    test('records come in the order of the plan, by state, after one, and so many', () =>
      on(async ({ runner }, plan) => {
        await runner.write({ ...recordsFor(plan)[2], state: 'done' } as TargetRecord)
        const indexes = async (query: Parameters<Runner['records']>[1]) =>
          (await runner.records(ID, query)).map(({ index }) => index)
        assert.equal(await indexes({}), [0, 1, 2, 3, 4])
        assert.equal(await indexes({ states: ['done'] }), [2])
        assert.equal(await indexes({ after: 1, limit: 2 }), [2, 3])
        assert.equal(await indexes({ states: ['queued'], after: 1, limit: 1 }), [3])
      }))

    test('a target is handed out once in an attempt, and not again once it has ended', () =>
      on(async ({ runner, time }, plan) => {
        const taken: number[] = []
        await serve(runner, {
          async target(_, { index }, lease) {
            taken.push(index)
            await runner.write(ended(plan, index, lease), lease)
          },
        })
        const task = { index: 1, attempt: 1, action: 'do' } as const
        await runner.enqueue(ID, [task, task])
        await runner.enqueue(ID, [task])
        await time.pass(1)
        await runner.enqueue(ID, [task])
        await time.pass(1)
        assert.equal(taken, [1])
        await runner.enqueue(ID, [{ ...task, attempt: 2 }])
        await time.pass(1)
        assert.equal(taken, [1, 1])
      }))

    test('so many targets at once, and one at a time for each engine', () =>
      on(async ({ runner, time }, plan) => {
        const working = new Set<number>()
        const { end, handlers } = held((index) => working.add(index))
        await serve(runner, { ...handlers, parallel: 2 })
        await runner.create('r2', plan, recordsFor(plan, 'r2'))
        await runner.enqueue(ID, tasks(0, 1, 2))
        await time.pass(1)
        assert.equal([...working], [0, 1])
        await runner.enqueue('r2', tasks(0))
        end(1)
        await time.pass(1)
        // Another rollout has the engine of the first target.
        assert.equal([...working], [0, 1, 2])
        end(0)
        end(2)
        await time.pass(1)
      }))

    test('a worker gets the targets of its zone', () =>
      on(async ({ runner, time }, plan) => {
        const targets = plan.targets.map((target, index) => ({ ...target, zone: `z${index % 2}` }))
        await runner.create('r3', { ...plan, targets }, recordsFor(plan, 'r3'))
        const taken: number[] = []
        await serve(runner, {
          zone: 'z1',
          target: async (_, { index }) => void taken.push(index),
        })
        await runner.enqueue('r3', tasks(0, 1, 2, 3))
        await time.pass(1)
        assert.equal(taken, [1, 3])
      }))

    test('a target whose worker is silent for longer than its lease gets another worker', () =>
      on(async ({ runner, time }, plan) => {
        const leases: Lease[] = []
        const { handlers } = held((_, lease) => leases.push(lease))
        await serve(runner, { ...handlers, worker: 'first' })
        await runner.enqueue(ID, tasks(0))
        await time.pass(LEASE_MS / 2)
        const [first] = leases
        assert.ok(first)
        const extended = await runner.extend(ID, 0, first)
        assert.ok(extended && extended.until > first.until)
        await time.pass(LEASE_MS / 2 + 1)
        assert.is(leases.length, 1)
        assert.ok(await runner.write(ended(plan, 0, first, 'running'), first))
        await time.pass(LEASE_MS)
        const [, second] = leases
        assert.ok(second && second.token > first.token)
        assert.is(await runner.extend(ID, 0, first), undefined)
        assert.not(await runner.write(ended(plan, 0, first), first))
        assert.ok(await runner.write(ended(plan, 0, second), second))
        assert.is((await runner.records(ID))[0]?.state, 'done')
      }))

    test('events are handled one after another, in their order', () =>
      on(async ({ runner }) => {
        const seen: string[] = []
        const early = runner.event(ID, { type: 'early' })
        await serve(runner, {
          async event(_, { type }) {
            seen.push(`${type} begins`)
            await Promise.resolve()
            seen.push(`${type} ends`)
            if (type === 'bad') throw new Error('bad')
          },
        })
        const bad = runner.event(ID, { type: 'bad' }).catch(() => 'rejected')
        await Promise.all([early, runner.event(ID, { type: 'late' })])
        assert.is(await bad, 'rejected')
        const pairs = ['early', 'bad', 'late'].flatMap((one) => [`${one} begins`, `${one} ends`])
        assert.equal(seen, pairs)
      }))

    test('a timer fires at its time, and the newest of its key alone', () =>
      on(async ({ runner, time }) => {
        const seen: unknown[] = []
        await serve(runner, { event: async (_, message) => void seen.push(message.type) })
        const month = 31 * 24 * 60 * 60_000
        await runner.at(ID, 'hold', { at: time.now() + 5_000, event: { type: 'first' } })
        await runner.at(ID, 'hold', { at: time.now() + 9_000, event: { type: 'second' } })
        await runner.at(ID, 'far', { at: time.now() + month, event: { type: 'far' } })
        await runner.at(ID, 'gone', { at: time.now() + 2_000, event: { type: 'gone' } })
        await runner.at(ID, 'gone')
        await time.pass(8_999)
        assert.equal(seen, [])
        await time.pass(1)
        assert.equal(seen, ['second'])
        await time.pass(month - 9_001)
        assert.equal(seen, ['second'])
        await time.pass(1)
        assert.equal(seen, ['second', 'far'])
      }))

    test('changes are told until the end of the subscription', () =>
      on(async ({ runner }, plan) => {
        const seen: string[] = []
        const stop = runner.subscribe(ID, (change) => seen.push(Object.keys(change).join()))
        const [record] = recordsFor(plan)
        assert.ok(record)
        await runner.write(record)
        await runner.save(ID, { version: 1, event: 'x', snapshot: {}, timers: {} }, 0)
        stop()
        await runner.write(record)
        assert.equal(seen, ['record', 'saved'])
      }))

    test('a worker that ends waits for its targets, and takes no other', () =>
      on(async ({ runner, time }) => {
        const working: number[] = []
        const { end, handlers } = held((index) => working.push(index))
        const stop = await serve(runner, { ...handlers, parallel: 1 })
        await runner.enqueue(ID, tasks(0, 1))
        await time.pass(1)
        let isOver = false
        const stopped = stop().then(() => {
          isOver = true
        })
        await time.pass(1)
        assert.not(isOver)
        end(0)
        await stopped
        assert.equal(working, [0])
      }))

    test('after a restart everything is as it was', () =>
      on(async ({ runner, restart }, plan) => {
        if (!restart) return
        const saved = {
          version: 1,
          event: 'x',
          snapshot: { value: 'planning', context: { a: [1] } },
          timers: {},
        }
        await runner.save(ID, saved, 0)
        await runner.write({ ...recordsFor(plan)[3], state: 'failed' } as TargetRecord)
        const records = await runner.records(ID)
        const again = await restart()
        assert.equal(await again.rollouts(), [ID])
        assert.equal(await again.plan(ID), plan)
        assert.equal(await again.load(ID), saved)
        assert.equal(await again.records(ID), records)
        assert.not(await again.save(ID, saved, 0))
      }))
  })
}

function serve(runner: Runner, handlers: Partial<RunnerHandlers>): Promise<() => Promise<void>> {
  const none = async () => {}
  return runner.serve({ worker: 'w', parallel: 5, event: none, target: none, ...handlers })
}

/** A worker whose targets end when the test says so. */
function held(begins: (index: number, lease: Lease) => unknown) {
  const ends = new Map<number, () => void>()
  const target = (_: string, { index }: TargetTask, lease: Lease) =>
    new Promise<void>((resolve) => {
      begins(index, lease)
      ends.set(index, resolve)
    })
  return { end: (index: number) => ends.get(index)?.(), handlers: { target } }
}

function tasks(...indexes: number[]): TargetTask[] {
  return indexes.map((index) => ({ index, attempt: 1, action: 'do' }))
}

function recordsFor(plan: RolloutPlan, rollout = ID): TargetRecord[] {
  return plan.targets.map(({ id, engineId = id }, index) => ({
    rollout,
    index,
    target: id,
    engineId,
    state: 'queued',
    attempt: 0,
    times: {},
  }))
}

function ended(
  plan: RolloutPlan,
  index: number,
  lease: Lease,
  state: TargetRecord['state'] = 'done',
): TargetRecord {
  return { ...(recordsFor(plan)[index] as TargetRecord), state, attempt: 1, lease }
}
