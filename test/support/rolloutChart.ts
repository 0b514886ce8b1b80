import * as assert from 'uvu/assert'
import { initialTransition, type SnapshotFrom, transition } from 'xstate'
import type { RolloutEvent } from '../../machines/rollout/events.ts'
import type { Strategy } from '../../machines/rollout/plan.ts'
import { rolloutMachine } from '../../machines/rollout/rolloutMachine.ts'
import type { TargetOutcome } from '../../machines/rollout/types.ts'
import { edgeTests } from './edgeTests.ts'

export type Snapshot = SnapshotFrom<typeof rolloutMachine>

export const { edge, always, listEdges } = edgeTests(rolloutMachine, checkOutcome)

/** Of every transition: the window is kept, and nothing begins without a consent or while it is not rolling. */
function checkOutcome(from: Snapshot, _: RolloutEvent, { value, context }: Snapshot): void {
  const { out, next, size, input, consent } = context
  assert.ok(out.length <= input.strategy.parallel)
  assert.ok(next <= (size ?? 0))
  if (!consent) assert.equal(out, [])
  const begins = out.filter((position) => !from.context.out.includes(position))
  if (begins.length > 0 && typeof value === 'string') {
    assert.ok(['canary', 'rolling', 'rollingBack', 'paused', 'stopping'].includes(value), value)
  }
}

export const consent = { hash: 'sha256:c0', at: '2026-01-01T00:00:00.000Z' }
export const grant: RolloutEvent = { type: 'consent.grant', consent }

export function strategyOf(given: Partial<Strategy> = {}): Strategy {
  return {
    canaries: [],
    hold: 'person',
    parallel: 2,
    maxFailures: 0,
    maxUnreachable: 0,
    monitor: 0,
    onFailure: 'pause',
    ...given,
  }
}

export function planning(given: Partial<Strategy> = {}): Snapshot {
  const input = { strategy: strategyOf(given), consentTime: 1000 }
  return initialTransition(rolloutMachine, input)[0]
}

export function awaiting(size: number, given: Partial<Strategy> = {}): Snapshot {
  return send(planning(given), { type: 'plan.done', size })
}

/** A rollout with a consent: in `canary` where its strategy has canaries, else in `rolling`. */
export function begun(size: number, given: Partial<Strategy> = {}): Snapshot {
  return send(awaiting(size, given), grant)
}

export function send(from: Snapshot, ...events: RolloutEvent[]): Snapshot {
  return events.reduce((snapshot, event) => transition(rolloutMachine, snapshot, event)[0], from)
}

/** The end of a target in the first pass. */
export function ends(
  position: number,
  outcome: TargetOutcome = 'done',
  more: { attempt?: number; code?: string; was?: TargetOutcome } = {},
): RolloutEvent {
  return { type: 'target.done', position, attempt: 1, outcome, ...more }
}

/** A timer of the chart. */
export function after(name: string, state: string): RolloutEvent {
  return { type: `xstate.after.${name}.rollout.${state}` } as unknown as RolloutEvent
}
