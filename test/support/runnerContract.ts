import * as assert from 'uvu/assert'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { Lease, TargetRecord } from '../../machines/rollout/records.ts'
import { hashPlan, type Runner, type RunnerHandlers, type TargetTask } from '../../src/rollout.ts'
import { planFor } from './rolloutStage.ts'
import { suite } from './suite.ts'
import type { VirtualTime } from './virtualFlow.ts'

const ID = 'r1'
const MOST_MS = 120_000
const STEP_MS = 500
/** Functions that end the targets at work. */
const ends: (() => void)[] = []

/** A runner under test, with a time of its own. */
export interface RunnerGround {
  runner: Runner
  leaseTime: number
  now(): number
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** Lets as much time pass as it takes. */
  until(isSo: () => boolean): Promise<void>
  /** Ends the process of the runner without a word, and starts another one. */
  restart?(): Promise<Runner>
  close(): Promise<void>
}

/** A ground whose time passes only when the test says so. */
export function virtualGround(time: VirtualTime): Pick<RunnerGround, 'now' | 'pass' | 'until'> {
  return {
    now: time.now,
    pass: time.pass,
    async until(isSo) {
      for (let ms = 0; ms < MOST_MS && !isSo(); ms += STEP_MS) await time.pass(STEP_MS)
      assert.ok(isSo(), 'it has not come to that')
    },
  }
}

type Act = (
  ground: RunnerGround & { serve(handlers: Partial<RunnerHandlers>): Promise<() => Promise<void>> },
  plan: RolloutPlan,
) => Promise<void>

/** The tests that every runner has to pass, whatever it keeps its rollouts in. */
export function runnerContract(
  name: string,
  open: () => Promise<RunnerGround>,
  hooks: Partial<Record<'before' | 'after', () => Promise<void>>> = {},
): void {
  const on = async (act: Act) => {
    const ground = await open()
    const plan = await planFor(5)
    const stops: (() => Promise<void>)[] = []
    const none = async () => {}
    const serve = async (handlers: Partial<RunnerHandlers>) => {
      const given = { worker: 'w', parallel: 5, event: none, target: none, ...handlers }
      const stop = await ground.runner.serve(given)
      stops.push(stop)
      return stop
    }
    await ground.runner.create(ID, plan, recordsFor(plan))
    try {
      await act({ ...ground, serve }, plan)
    } finally {
      for (const end of ends.splice(0)) end()
      await Promise.all(stops.map((stop) => stop()))
      await ground.close()
    }
  }

  suite(`runner contract: ${name}`, (test) => {
    if (hooks.before) test.before(hooks.before)
    if (hooks.after) test.after(hooks.after)

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

    test('one that is removed is gone with its records, unless its machine was saved meanwhile', () =>
      on(async (ground, plan) => {
        const { runner, serve, until, restart } = ground
        const snapshot = { value: 'stopped', context: {} }
        const saved = { version: 1, event: 'x', snapshot, timers: {} }
        const targets = plan.targets.map((target) => ({ ...target, zone: 'eu' }))
        const [record] = recordsFor(plan, 'r2')
        assert.ok(record)
        await runner.create('r2', rehashed({ ...plan, targets }), recordsFor(plan, 'r2'))
        await runner.save('r2', saved, 0)
        assert.is(await runner.remove('r2', 2), false)
        assert.equal(await runner.rollouts(), ['r2', ID])
        // Tasks that were handed out are not worked on, and events that were sent are not handled.
        await runner.enqueue('r2', tasks(0, 1))
        const due = { at: ground.now() + STEP_MS, event: { type: 'late' } }
        await runner.at('r2', 'key', due)
        assert.is(await runner.remove('r2', 1), true)
        assert.is(await runner.remove('r2', 1), true)
        const seen: string[] = []
        const see = async (rollout: string) => void seen.push(rollout)
        await serve({ event: see, target: see })
        await runner.at(ID, 'key', { ...due, at: due.at + STEP_MS })
        await until(() => seen.length > 0)
        assert.equal(seen, [ID])
        for (const each of [runner, await restart?.()]) {
          if (!each) continue
          assert.equal(await each.rollouts(), [ID])
          assert.is(await each.load('r2'), undefined)
          assert.is(await each.plan('r2'), undefined)
          assert.is((await each.records(ID)).length, 5)
          assert.is(await each.write(record).catch(() => false), false)
        }
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
      on(async ({ runner, until, serve }, plan) => {
        const taken: number[] = []
        await serve({
          parallel: 1,
          async target(_, { index, attempt }, lease) {
            taken.push(index)
            await runner.write({ ...ended(plan, index, lease), attempt }, lease)
          },
        })
        const [task, other] = tasks(1, 2)
        assert.ok(task && other)
        await runner.enqueue(ID, [task, task])
        await runner.enqueue(ID, [task])
        await until(() => taken.length > 0)
        await runner.enqueue(ID, [task, other])
        await until(() => taken.includes(2))
        assert.equal(taken, [1, 2])
        await runner.enqueue(ID, [{ ...task, attempt: 2 }])
        await until(() => taken.length > 2)
        assert.equal(taken, [1, 2, 1])
      }))

    test('so many targets at once, and one at a time for each engine', () =>
      on(async ({ runner, until, serve }, plan) => {
        const begun: string[] = []
        const leases = new Map<string, Lease>()
        const { end, target } = held((rollout, index, lease) => {
          begun.push(`${rollout} ${index}`)
          leases.set(`${rollout} ${index}`, lease)
        })
        await serve({ target, parallel: 2 })
        await runner.create('r2', plan, recordsFor(plan, 'r2'))
        await runner.enqueue(ID, tasks(0, 1))
        // Another rollout has the engine of the first target.
        await runner.enqueue('r2', tasks(0))
        await runner.enqueue(ID, tasks(2))
        await until(() => begun.length === 2)
        assert.equal(begun.toSorted(), ['r1 0', 'r1 1'])
        end('r1 1')
        await until(() => begun.length === 3)
        assert.is(begun.at(-1), 'r1 2')
        const lease = leases.get('r1 0')
        assert.ok(lease)
        await runner.write(ended(plan, 0, lease), lease)
        end('r1 0')
        await until(() => begun.length === 4)
        assert.is(begun.at(-1), 'r2 0')
      }))

    test('a worker gets the targets of its zone', () =>
      on(async ({ runner, until, serve }, plan) => {
        const targets = plan.targets.map((target, index) => ({ ...target, zone: `z${index % 2}` }))
        await runner.create('r3', rehashed({ ...plan, targets }), recordsFor(plan, 'r3'))
        const taken: number[] = []
        await serve({
          zone: 'z1',
          async target(_, { index }, lease) {
            taken.push(index)
            await runner.write({ ...ended(plan, index, lease), rollout: 'r3' }, lease)
          },
        })
        await runner.enqueue('r3', tasks(0, 1, 2, 3))
        await until(() => taken.length === 2)
        assert.equal(taken.sort(), [1, 3])
      }))

    test('a worker without a zone gets the targets of every zone', () =>
      on(async ({ runner, until, serve }, plan) => {
        const targets = plan.targets.map((target, index) => ({
          ...target,
          ...(index > 0 && { zone: `z${index % 2}` }),
        }))
        await runner.create('r3', rehashed({ ...plan, targets }), recordsFor(plan, 'r3'))
        const taken: number[] = []
        await serve({
          async target(_, { index }, lease) {
            taken.push(index)
            await runner.write({ ...ended(plan, index, lease), rollout: 'r3' }, lease)
          },
        })
        await runner.enqueue('r3', tasks(0, 1, 2))
        await until(() => taken.length === 3)
        assert.equal(taken.sort(), [0, 1, 2])
      }))

    test('a target whose worker is silent for longer than its lease gets another worker', () =>
      on(async ({ runner, leaseTime, pass, until, serve }, plan) => {
        const given: Lease[] = []
        const { target } = held((_, __, lease) => given.push(lease))
        await serve({ target, worker: 'first' })
        await runner.enqueue(ID, tasks(0))
        await until(() => given.length === 1)
        const [first] = given
        assert.ok(first)
        await pass(leaseTime / 2)
        const extended = await runner.extend(ID, 0, first)
        assert.ok(extended && extended.until > first.until)
        await pass(leaseTime / 2 + 1)
        assert.is(given.length, 1)
        assert.ok(await runner.write(ended(plan, 0, first, 'running'), first))
        await until(() => given.length === 2)
        const [, second] = given
        assert.ok(second && second.token > first.token)
        assert.is(await runner.extend(ID, 0, first), undefined)
        assert.not(await runner.write(ended(plan, 0, first), first))
        assert.ok(await runner.write(ended(plan, 0, second), second))
        assert.is((await runner.records(ID))[0]?.state, 'done')
      }))

    test('events are handled one after another, in their order, and one that fails alone', () =>
      on(async ({ runner, until, serve }) => {
        const seen: string[] = []
        const sent = ['early', 'bad', 'late'].map((type) =>
          // A runner of one process passes on what became of it.
          runner.event(ID, { type }).catch(() => {}),
        )
        await serve({
          async event(_, { type }) {
            seen.push(`${type} begins`)
            await Promise.resolve()
            seen.push(`${type} ends`)
            if (type === 'bad') throw new Error('bad')
          },
        })
        await Promise.all(sent)
        const pairs = ['early', 'bad', 'late'].flatMap((one) => [`${one} begins`, `${one} ends`])
        await until(() => seen.length >= pairs.length)
        assert.equal(seen, pairs)
      }))

    test('a timer fires at its time, and the newest of its key alone', () =>
      on(async ({ runner, until, serve, now: nowOf }) => {
        const seen: unknown[] = []
        await serve({ event: async (_, message) => void seen.push(message.type) })
        const set = (key: string, type: string, at: number) =>
          runner.at(ID, key, { at, event: { type } })
        const now = nowOf()
        await set('hold', 'first', now + 600)
        await set('hold', 'second', now + 1_200)
        await set('gone', 'gone', now + 400)
        await runner.at(ID, 'gone')
        await until(() => seen.length > 0)
        assert.equal(seen, ['second'])
      }))

    test('changes are reported until the end of the subscription', () =>
      on(async ({ runner, until }, plan) => {
        const [record] = recordsFor(plan)
        assert.ok(record)
        const seen: string[] = []
        const stop = runner.subscribe(ID, (change) => seen.push(Object.keys(change).join()))
        await runner.write(record)
        await runner.save(ID, { version: 1, event: 'x', snapshot: {}, timers: {} }, 0)
        await until(() => seen.length === 2)
        assert.equal(seen, ['record', 'saved'])
        stop()
        let later = 0
        const stopLater = runner.subscribe(ID, () => {
          later += 1
        })
        await runner.write(record)
        await until(() => later > 0)
        stopLater()
        assert.is(seen.length, 2)
      }))

    test('a worker that ends waits for its targets, and takes no other', () =>
      on(async ({ runner, until, serve }) => {
        const working: number[] = []
        const { end, target } = held((_, index) => working.push(index))
        const stop = await serve({ target, parallel: 1 })
        await runner.enqueue(ID, tasks(0, 1))
        await until(() => working.length > 0)
        let isOver = false
        const stopped = stop().then(() => {
          isOver = true
        })
        await runner.rollouts()
        assert.not(isOver)
        end('r1 0')
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

/** A worker whose targets end when the test says so, and with it at the latest. */
function held(begins: (rollout: string, index: number, lease: Lease) => unknown) {
  const release = new Map<string, () => void>()
  const target = (rollout: string, { index }: TargetTask, lease: Lease) =>
    new Promise<void>((resolve) => {
      begins(rollout, index, lease)
      release.set(`${rollout} ${index}`, resolve)
      ends.push(resolve)
    })
  return { end: (name: string) => release.get(name)?.(), target }
}

function rehashed(plan: RolloutPlan): RolloutPlan {
  return { ...plan, hash: hashPlan(plan) }
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
