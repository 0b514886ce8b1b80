import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { transition } from 'xstate'
import type { RolloutEvent, RolloutPersonEvent } from '../../../machines/rollout/events.ts'
import type { Strategy } from '../../../machines/rollout/plan.ts'
import { rolloutMachine } from '../../../machines/rollout/rolloutMachine.ts'
import type { TargetOutcome } from '../../../machines/rollout/types.ts'
import { after, consent, planning, type Snapshot } from '../../support/rolloutChart.ts'
import { suite } from '../../support/suite.ts'

type Done = Extract<RolloutEvent, { type: 'target.done' }>

const share = fc.constantFrom(0, 1, 3, '0%', '25%', '34%', '100%') as fc.Arbitrary<
  Strategy['maxFailures']
>
const strategies: fc.Arbitrary<Strategy> = fc.record(
  {
    canaries: fc.array(fc.constantFrom(1, 2, '10%', '50%') as typeof share, { maxLength: 2 }),
    hold: fc.constantFrom('person' as const, 0),
    batch: share,
    parallel: fc.integer({ min: 1, max: 4 }),
    maxFailures: share,
    maxUnreachable: share,
    monitor: fc.constantFrom(0, 5),
    onFailure: fc.constantFrom('pause', 'stop', 'rollback'),
  },
  {
    requiredKeys: [
      'canaries',
      'hold',
      'parallel',
      'maxFailures',
      'maxUnreachable',
      'monitor',
      'onFailure',
    ],
  },
)
const people = fc.constantFrom<RolloutPersonEvent>(
  { type: 'pause' },
  { type: 'resume' },
  { type: 'promote' },
  { type: 'cancel' },
  { type: 'rollback' },
  { type: 'retry' },
  { type: 'retry', only: 'failed' },
  { type: 'retry', only: 'unreachable' },
  { type: 'consent.deny' },
)
/** The next event: a target ends, an event comes again, is lost, or comes late; somebody acts; the process dies. */
const moves = fc.array(
  fc.record({
    what: fc.constantFrom('end', 'end', 'end', 'again', 'lose', 'time', 'crash', 'person', 'old'),
    person: people,
    outcome: fc.constantFrom<TargetOutcome>(
      'done',
      'done',
      'done',
      'kept',
      'failed',
      'unreachable',
      'abandoned',
    ),
    pick: fc.nat(20),
  }),
  { maxLength: 60 },
)

const ENDED = ['done', 'stopped', 'rolledBack', 'denied', 'expired']
/** States in which no target may begin. */
const QUIET = [
  'planning',
  'awaitConsent',
  'holding',
  'paused',
  'monitoring',
  'denied',
  'expired',
  'done',
  'stopped',
]

const TARGETS = 12
const FAILED: readonly string[] = ['failed', 'abandoned']
const LOST = [...FAILED, 'unreachable']

/** A runner that is nothing but records: what a target's end was is known even where its event is lost. */
class Model {
  state: Snapshot
  /** By attempt and position. */
  readonly records = new Map<string, Done>()
  readonly sent: RolloutEvent[] = []
  /** How each target of the plan has ended, now and before the present pass. */
  outcomes: readonly (TargetOutcome | undefined)[] = Array.from(
    { length: TARGETS },
    () => undefined,
  )
  before = this.outcomes
  /** The targets of the pass. */
  list: readonly number[] = this.outcomes.map((_, index) => index)

  constructor(strategy: Strategy) {
    this.state = planning(strategy)
  }

  send(event: RolloutEvent): void {
    const before = this.state
    this.state = transition(rolloutMachine, before, event)[0]
    this.sent.push(event)
    if (this.state.context.attempt !== before.context.attempt) this.begin()
    this.check(before)
  }

  /** Lists the targets of a pass, as a runner does from its records. */
  begin(): void {
    const { action, only, size } = this.state.context
    const isLeft = only === undefined ? [] : only === 'failed' ? ['unreachable'] : FAILED
    const isMeant = (outcome: TargetOutcome | undefined) =>
      action === 'undo'
        ? outcome === 'done'
        : outcome === undefined || (LOST.includes(outcome) && !isLeft.includes(outcome))
    this.before = this.outcomes
    this.list = this.outcomes.flatMap((outcome, index) => (isMeant(outcome) ? [index] : []))
    if (action === 'do') assert.is(size, this.list.length, 'the size of a retry')
  }

  check(before: Snapshot): void {
    const { context, value } = this.state
    assert.ok(context.out.length <= context.input.strategy.parallel, 'more than the window')
    assert.is(new Set(context.out).size, context.out.length, 'a target is out twice')
    const isAnew = context.attempt !== before.context.attempt
    const begun = context.out.filter((one) => isAnew || !before.context.out.includes(one))
    const name = typeof value === 'string' ? value : 'monitoring'
    if (begun.length > 0) {
      assert.ok(context.consent, 'without a consent')
      // One event can begin a target and then pause: it was rolling in between.
      if (before.value === value) assert.not(QUIET.includes(name), `${name} begins a target`)
    }
    for (const one of begun) {
      assert.not(this.records.has(`${context.attempt} ${one}`), 'a target is done again')
    }
  }

  end(pick: number, outcome: TargetOutcome, isLost: boolean): void {
    const { out, attempt, action } = this.state.context
    const position = out[pick % Math.max(1, out.length)]
    if (position === undefined) return
    const key = `${attempt} ${position}`
    const end = action === 'undo' ? (outcome === 'failed' ? 'undoFailed' : 'undone') : outcome
    const index = this.list[position] ?? -1
    const was = this.before[index]
    const event = this.records.get(key) ?? {
      type: 'target.done',
      position,
      attempt,
      outcome: end,
      ...(was && { was }),
      ...(end === 'failed' && pick % 2 === 0 && { code: 'consent-mismatch' }),
    }
    this.records.set(key, event)
    this.outcomes = this.outcomes.with(index, event.outcome)
    if (!isLost) this.send(event)
  }

  /** Another process goes on from what was saved, and catches up with the records. */
  crash(): void {
    const { value, context } = JSON.parse(JSON.stringify(this.state))
    this.state = rolloutMachine.resolveState({ value, context })
    for (const position of context.out) {
      const end = this.records.get(`${context.attempt} ${position}`)
      if (end) this.send(end)
    }
  }

  /** Does what the state waits for, other than a target. */
  time(): void {
    const { value, context } = this.state
    if (value === 'planning') this.send({ type: 'plan.done', size: TARGETS })
    else if (value === 'awaitConsent') this.send({ type: 'consent.grant', consent })
    else if (value === 'holding') this.send(after('holdTime', 'holding'))
    else if (value === 'rollingBack' && context.size === undefined) {
      this.send({ type: 'undo.planned', size: this.list.length })
    } else if (this.state.matches({ monitoring: 'waiting' })) {
      this.send(after('monitorTime', 'monitoring.waiting'))
    } else if (this.state.matches({ monitoring: 'looking' })) {
      this.send({ type: 'batch.monitored', step: context.step, failed: 0 })
    }
  }

  /** The counts are those of the records, as far as their events have come. */
  checkCounts(): void {
    const { counts, out } = this.state.context
    const isOut = new Set(out.map((position) => this.list[position]))
    const known = this.outcomes.map((outcome, index) =>
      isOut.has(index) ? this.before[index] : outcome,
    )
    for (const [outcome, count] of Object.entries(counts)) {
      assert.is(count, known.filter((each) => each === outcome).length, outcome)
    }
  }
}

suite('model', (test) => {
  test('whatever comes twice, late or not at all: the window, the consent, the counts and the end', () =>
    fc.assert(
      fc.property(strategies, moves, (strategy, given) => {
        const model = new Model(strategy)
        for (const { what, person, outcome, pick } of given) {
          if (what === 'end') model.end(pick, outcome, false)
          if (what === 'lose') model.end(pick, outcome, true)
          if (what === 'again')
            model.send(model.sent[pick % model.sent.length] ?? { type: 'pause' })
          if (what === 'old') model.end(pick, outcome, false)
          if (what === 'time') model.time()
          if (what === 'crash') model.crash()
          if (what === 'person') model.send(person)
        }
        // From anywhere it comes to an end once people let it and every target ends.
        for (let turn = 0; turn < 500; turn++) {
          if (ENDED.includes(String(model.state.value))) break
          model.crash()
          model.time()
          model.end(0, 'done', false)
          if (model.state.value === 'holding') model.send({ type: 'promote' })
          if (model.state.value === 'paused') model.send({ type: 'resume' })
        }
        assert.ok(ENDED.includes(String(model.state.value)), JSON.stringify(model.state.value))
        assert.equal(model.state.context.out, [])
        model.checkCounts()
      }),
      { numRuns: 1000 },
    ))
})
