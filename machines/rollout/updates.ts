import { assertEvent } from 'xstate'
import { endOfStep, exceededBudget, lossesOf, NOTHING_ACCEPTED, newStep } from './context.ts'
import type { RolloutEvent } from './events.ts'
import { isInCanary, isOver, isStepOver } from './guards.ts'
import type { Alarm, RolloutContext } from './types.ts'

interface Args {
  context: RolloutContext
  event: RolloutEvent
}

type Update = Partial<RolloutContext>

const ALARMS: readonly string[] = ['consent-mismatch', 'unauthorized'] satisfies Alarm[]

export function rememberPlan({ event }: Args): Update {
  assertEvent(event, 'plan.done')
  return { total: event.size, size: event.size }
}

export function recordConsent({ event }: Args): Update {
  assertEvent(event, 'consent.grant')
  return { consent: event.consent }
}

/**
 * Hands out as many targets as the window and the step allow, unless something has to be decided first. One batch follows
 * another by itself; what comes after a canary step is decided by the chart.
 */
export function handOut({ context }: Args): Update {
  const { input, alarm, isMonitored } = context
  if (alarm !== undefined || exceededBudget(context)) return {}
  const isLookedAt = input.strategy.monitor === 0 || isMonitored
  const isBatchOver = isLookedAt && isStepOver({ context }) && !isInCanary({ context })
  const begun = isBatchOver && !isOver({ context }) ? beginStep({ context }) : {}
  const end = endOfStep({ ...context, ...begun })
  const out = [...context.out]
  let { next } = context
  while (out.length < input.strategy.parallel && next < end) out.push(next++)
  return { ...begun, out, next }
}

export function count({ context, event }: Args): Update {
  assertEvent(event, 'target.done')
  const { position, outcome, was, code } = event
  const counts = { ...context.counts, [outcome]: context.counts[outcome] + 1 }
  if (was) counts[was] -= 1
  const isFailed = outcome === 'failed' || outcome === 'abandoned'
  const { failed, unreachable } = context.losses
  return {
    out: context.out.filter((one) => one !== position),
    counts,
    losses: {
      failed: failed + Number(isFailed),
      unreachable: unreachable + Number(outcome === 'unreachable'),
    },
    ...(context.action === 'do' && ALARMS.includes(code ?? '') && { alarm: code as Alarm }),
  }
}

export function countMonitored({ context, event }: Args): Update {
  assertEvent(event, 'batch.monitored')
  const { counts, losses } = context
  const { failed } = event
  return {
    isMonitored: true,
    counts: { ...counts, done: counts.done - failed, failed: counts.failed + failed },
    losses: { ...losses, failed: losses.failed + failed },
  }
}

export function beginStep({ context }: Pick<Args, 'context'>): Update {
  return {
    ...newStep(context.step + 1),
    accepted: { ...context.accepted, step: NOTHING_ACCEPTED.step },
  }
}

/** Accepts the losses so far. The next one counts again. */
export function acceptLosses({ context }: Args): Update {
  return { alarm: undefined, accepted: { all: lossesOf(context), step: context.losses } }
}

/** Starts a pass with the targets that have failed, and those that were not handed out. */
export function beginRetry({ context }: Args): Update {
  const { counts, size = 0, next, step } = context
  const { failed, unreachable } = lossesOf(context)
  return {
    attempt: context.attempt + 1,
    size: failed + unreachable + size - next,
    next: 0,
    ...newStep(step),
    counts: { ...counts, failed: 0, unreachable: 0, abandoned: 0 },
    accepted: NOTHING_ACCEPTED,
    alarm: undefined,
  }
}

export function requestUndo(): Update {
  return { goesBack: true }
}

export function beginUndo({ context }: Args): Update {
  return {
    attempt: context.attempt + 1,
    action: 'undo',
    size: undefined,
    next: 0,
    alarm: undefined,
  }
}

export function rememberUndo({ event }: Args): Update {
  assertEvent(event, 'undo.planned')
  return { size: event.size }
}
