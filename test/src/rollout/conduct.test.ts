import * as assert from 'uvu/assert'
import type { RolloutPlan, Strategy } from '../../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../../machines/rollout/records.ts'
import type { RolloutContext } from '../../../machines/rollout/types.ts'
import { createConductor, endOf, readSaved } from '../../../src/rollout/conduct.ts'
import { createPasses, listPass } from '../../../src/rollout/passes.ts'
import type { RolloutMessage, Runner } from '../../../src/rollout/runner.ts'
import { createLocalRunner } from '../../../src/rollout.ts'
import { planFor } from '../../support/rolloutStage.ts'
import { suite } from '../../support/suite.ts'
import { settled } from '../../support/virtualFlow.ts'

const ID = 'r1'
const CONSENT_MS = 60_000
const GRANT = { type: 'consent.grant', consent: { hash: 'sha256:1', at: '2026-01-01T00:00:00Z' } }

function recordAt(index: number, more: Partial<TargetRecord> = {}): TargetRecord {
  const own = { rollout: ID, index, target: `t${index}` }
  return { ...own, state: 'queued', attempt: 0, times: {}, ...more }
}

/** A conductor of three targets, whose events come when the test says so, and whose time stands still. */
async function conducted(
  change: (runner: Runner) => Partial<Runner> = () => ({}),
  {
    isMade = true,
    strategy = {},
    looking,
  }: { isMade?: boolean; strategy?: Partial<Strategy>; looking?: Promise<void> } = {},
) {
  const local = createLocalRunner({
    time: { now: () => 0, random: () => 0, setTimeout: () => 0, clearTimeout() {} },
  })
  if (isMade)
    await local.create(
      ID,
      await planFor(3, strategy),
      [0, 1, 2].map((n) => recordAt(n)),
    )
  const sent: RolloutMessage[] = []
  const base: Runner = { ...local, event: async (_, message) => void sent.push(message) }
  const runner = { ...base, ...change(base) }
  const looked: number[] = []
  const findChange = async (_: RolloutPlan, { index }: TargetRecord) => {
    looked.push(index)
    await looking
    return { code: 'changed-by-others', message: 'it is another' } as const
  }
  const options = { now: () => 0, consentTime: CONSENT_MS, findChange }
  const saved = async () => {
    const found = await runner.load(ID)
    assert.ok(found)
    return { ...found, state: readSaved(found).value }
  }
  return { conductor: createConductor(runner, options), runner, base, options, sent, saved, looked }
}

suite('conductor', (test) => {
  test('a rollout that is unknown is not begun, and its events are dropped', async () => {
    const { conductor, runner } = await conducted(undefined, { isMade: false })
    const error = await conductor.start(ID).catch((thrown) => thrown)
    assert.is(error.message, `there is no rollout ${ID}`)
    assert.is(await conductor.event(ID, { type: 'pause' }), undefined)
    assert.is(await runner.load(ID), undefined)
  })

  test('an event that the state does not take saves nothing', async () => {
    const { conductor, saved } = await conducted()
    await conductor.start(ID)
    const before = await saved()
    await conductor.event(ID, { type: 'promote' })
    assert.equal(await saved(), before)
  })

  test('a timer that was set before, and is over, does nothing; the one that is set does', async () => {
    const { conductor, saved } = await conducted()
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    const { state, timers } = await saved()
    assert.is(state, 'awaitConsent')
    const [[timer, { event, at }] = ['', { event: { type: '' }, at: 0 }], ...others] =
      Object.entries(timers)
    assert.equal([others, at], [[], CONSENT_MS])
    await conductor.event(ID, { ...event, timer, due: at - 1 })
    assert.is((await saved()).state, 'awaitConsent')
    await conductor.event(ID, { ...event, timer, due: at })
    assert.is((await saved()).state, 'expired')
    assert.equal((await saved()).timers, {})
  })

  test('an event is handled again on what another process has saved meanwhile', async () => {
    let meanwhile = async () => {}
    const { conductor, base, options, saved } = await conducted((runner) => ({
      async save(...given) {
        const act = meanwhile
        meanwhile = async () => {}
        await act()
        return runner.save(...given)
      },
    }))
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    const other = createConductor(base, options)
    // A denial ends it: the consent that comes too late changes nothing.
    meanwhile = () => other.event(ID, { type: 'consent.deny' })
    await conductor.event(ID, GRANT)
    const { state, event } = await saved()
    assert.equal([state, event], ['denied', 'consent.deny'])
  })

  test('a rollout that another process begins at the same moment is begun once', async () => {
    const { conductor, sent, saved } = await conducted(() => ({ save: async () => false }))
    await conductor.start(ID)
    assert.equal(sent, [])
    await saved().then(
      () => assert.unreachable('it was saved'),
      () => {},
    )
  })

  test('ends that two processes handle at the same moment are both counted', async () => {
    let meanwhile = async () => {}
    const { conductor, base, options, saved } = await conducted((runner) => ({
      async save(...given) {
        const act = meanwhile
        meanwhile = async () => {}
        await act()
        return runner.save(...given)
      },
    }))
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    const other = createConductor(base, options)
    meanwhile = () => other.event(ID, endOf(recordAt(0, { state: 'done', attempt: 1 })))
    await conductor.event(ID, endOf(recordAt(1, { state: 'done', attempt: 1 })))
    const { context } = readSaved(await saved())
    assert.equal([context.counts.done, context.out], [2, [2]])
  })

  test('the timer of a state that is left is taken back', async () => {
    const timers: [string, boolean][] = []
    const { conductor } = await conducted(() => ({
      at: async (_, key, timer) => void timers.push([key, timer !== undefined]),
    }))
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    const [[key] = ['', true]] = timers
    assert.equal(timers, [
      [key, true],
      [key, false],
    ])
  })

  test('a rollout that goes on sends the ends that its machine has not seen, and hands out the rest', async () => {
    const enqueued: number[] = []
    const { conductor, runner, sent } = await conducted(
      () => ({
        enqueue: async (_, tasks) => void enqueued.push(...tasks.map(({ index }) => index)),
      }),
      { strategy: { parallel: 3 } },
    )
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    await runner.write(recordAt(0, { state: 'done', attempt: 1 }))
    // Of an earlier attempt, and still at work.
    await runner.write(recordAt(1, { state: 'failed', attempt: 0 }))
    await runner.write(recordAt(2, { state: 'running', attempt: 1 }))
    sent.length = enqueued.length = 0
    await conductor.start(ID)
    assert.equal(sent, [{ type: 'target.done', index: 0, attempt: 1, outcome: 'done' }])
    assert.equal(enqueued, [0, 1, 2])
  })

  test('after a canary only the plugins of that step are looked at', async () => {
    const strategy = { canaries: [1, 2], monitor: 5 }
    let tell: (message: RolloutMessage) => void = () => {}
    const event = async (_: string, message: RolloutMessage) => tell(message)
    const { conductor, runner, saved, looked } = await conducted(() => ({ event }), { strategy })
    const monitored = () =>
      new Promise<RolloutMessage>((resolve) => {
        tell = (message) => message.type === 'batch.monitored' && resolve(message)
      })
    const passTime = async () => {
      const [[timer, { event, at }] = ['', { event: { type: '' }, at: 0 }]] = Object.entries(
        (await saved()).timers,
      )
      await conductor.event(ID, { ...event, timer, due: at })
    }
    const finish = async (index: number) => {
      const done = recordAt(index, { state: 'done', attempt: 1 })
      await runner.write(done)
      await conductor.event(ID, endOf(done))
    }
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    await finish(0)
    let end = monitored()
    await passTime()
    assert.equal(await end, { type: 'batch.monitored', step: 0, failed: 1 })
    // Of a step that has passed no plugin is looked at again.
    await runner.write(recordAt(0, { state: 'done', attempt: 1 }))
    looked.length = 0
    await conductor.event(ID, { type: 'batch.monitored', step: 0, failed: 0 })
    await conductor.event(ID, { type: 'promote' })
    await finish(1)
    end = monitored()
    await passTime()
    assert.equal(await end, { type: 'batch.monitored', step: 1, failed: 1 })
    assert.equal(looked, [1])
    const [first, second] = await runner.records(ID)
    assert.equal(
      [first?.state, second?.state, second?.code],
      ['done', 'failed', 'changed-by-others'],
    )
  })
})

suite('conductor :: plugins that are looked at again', (test) => {
  /** While the plugins of the one step are looked at. */
  async function lookingAt(strategy: Partial<Strategy>) {
    let answer = () => {}
    const looking = new Promise<void>((resolve) => {
      answer = resolve
    })
    const given = { strategy: { monitor: 5, ...strategy }, looking }
    const stage = await conducted(undefined, given)
    const { conductor, runner, saved, sent } = stage
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    for (const index of [0, 1, 2]) {
      const done = recordAt(index, { state: 'done', attempt: 1 })
      await runner.write(done)
      await conductor.event(ID, endOf(done))
    }
    const [[timer, { event, at }] = ['', { event: { type: '' }, at: 0 }]] = Object.entries(
      (await saved()).timers,
    )
    await conductor.event(ID, { ...event, timer, due: at })
    await settled()
    return {
      ...stage,
      async end() {
        answer()
        await settled()
        return {
          states: (await runner.records(ID)).map(({ state }) => state),
          monitored: sent.filter(({ type }) => type === 'batch.monitored'),
        }
      },
    }
  }

  test('as many at once as the plan says, and a start meanwhile looks no second time', async () => {
    const { conductor, looked, end } = await lookingAt({ parallel: 2 })
    await conductor.start(ID)
    await settled()
    assert.equal(looked, [0, 1])
    assert.equal(await end(), {
      states: ['failed', 'failed', 'failed'],
      monitored: [{ type: 'batch.monitored', step: 0, failed: 3 }],
    })
    assert.equal(looked, [0, 1, 2])
  })

  for (const event of [{ type: 'batch.monitored', step: 0, failed: 1 }, { type: 'pause' }]) {
    test(`${event.type} meanwhile :: the result is dropped as a whole`, async () => {
      const { conductor, end } = await lookingAt({})
      await conductor.event(ID, event)
      assert.equal(await end(), { states: ['done', 'done', 'done'], monitored: [] })
    })
  }

  test('a rollout that is removed meanwhile is left alone', async () => {
    const { runner, end } = await lookingAt({})
    runner.load = async () => undefined
    assert.equal((await end()).monitored, [])
  })
})

suite('conductor :: a store that fails', (test) => {
  test('while the plugins of a step are looked at :: the process goes on, and the next start looks again', async () => {
    let isBroken = true
    let asked = () => {}
    let told: (message: RolloutMessage) => void = () => {}
    const strategy = { monitor: 5, batch: 1 }
    const { conductor, runner, saved, looked } = await conducted(
      (base) => ({
        event: async (_, message) => told(message),
        async records(id, query) {
          if (!query?.states || !isBroken) return base.records(id, query)
          asked()
          throw new Error('the store is gone')
        },
      }),
      { strategy },
    )
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note)
    await conductor.start(ID)
    await conductor.event(ID, { type: 'plan.done', size: 3 })
    await conductor.event(ID, GRANT)
    const done = recordAt(0, { state: 'done', attempt: 1 })
    await runner.write(done)
    await conductor.event(ID, endOf(done))
    const [[timer, { event, at }] = ['', { event: { type: '' }, at: 0 }]] = Object.entries(
      (await saved()).timers,
    )
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve
    })
    await conductor.event(ID, { ...event, timer, due: at })
    await isAsked
    await new Promise(setImmediate)
    process.off('unhandledRejection', note)
    assert.equal(unhandled, [])
    isBroken = false
    const monitored = new Promise<RolloutMessage>((resolve) => {
      told = resolve
    })
    await conductor.start(ID)
    assert.equal(await monitored, { type: 'batch.monitored', step: 0, failed: 1 })
    assert.equal(looked, [0])
  })
})

suite('targets of a pass', (test) => {
  const records = [
    recordAt(0, { state: 'done', attempt: 1, changed: true, times: { ended: 20 } }),
    recordAt(1, { state: 'failed', attempt: 1, changed: true }),
    recordAt(2, { state: 'kept', attempt: 1 }),
    recordAt(3, { state: 'unreachable', attempt: 1 }),
    recordAt(4, { state: 'done', attempt: 1, changed: true, times: { ended: 30 } }),
    recordAt(5, { state: 'skipped' }),
    recordAt(6),
    recordAt(7, { state: 'abandoned', attempt: 1 }),
  ]

  test('a retry takes those that failed or were not taken', () => {
    assert.equal(listPass(records, { attempt: 2, action: 'do' }), [1, 3, 6, 7])
  })

  test('a rollback takes those that were changed, the newest first, those without an end last', () => {
    assert.equal(listPass(records, { attempt: 2, action: 'undo' }), [4, 0, 1])
  })

  test('those that it has taken stay in the pass', () => {
    const taken = records.with(3, recordAt(3, { state: 'done', attempt: 2 }))
    assert.equal(listPass(taken, { attempt: 2, action: 'do' }), [1, 3, 6, 7])
  })

  test('a retry of one kind leaves the other, but for those that it has taken', () => {
    assert.equal(listPass(records, { attempt: 2, action: 'do', only: 'failed' }), [1, 6, 7])
    const only = 'unreachable'
    assert.equal(listPass(records, { attempt: 2, action: 'do', only }), [3, 6])
    const taken = records.with(3, recordAt(3, { state: 'failed', attempt: 2 }))
    assert.equal(listPass(taken, { attempt: 2, action: 'do', only }), [3, 6])
    assert.equal(listPass(records, { attempt: 2, action: 'undo', only }), [4, 0, 1])
  })

  test('records that could not be read :: are read again, and then no more in the same pass', async () => {
    const reads: (Error | TargetRecord[])[] = [new Error('it is away'), records]
    const list = createPasses({
      async records() {
        const read = reads.shift()
        if (!Array.isArray(read)) throw read
        return read
      },
    })
    const pass = { attempt: 2, action: 'do' } as RolloutContext
    assert.match(String(await list(ID, pass).catch((error) => error)), 'it is away')
    for (let time = 0; time < 2; time++) assert.equal(await list(ID, pass), [1, 3, 6, 7])
  })

  test('the end of a target says how it had ended before', () => {
    const { outcome, was } = endOf(recordAt(0, { state: 'undone', outcome: 'done' }))
    assert.equal([outcome, was], ['undone', 'done'])
    assert.is(endOf(recordAt(0, { state: 'done', outcome: 'failed' })).was, 'failed')
    assert.not('was' in endOf(recordAt(0, { state: 'done' })))
  })
})
