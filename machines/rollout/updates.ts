import { assertEvent } from 'xstate'
import {
  allLosses,
  endOfStep,
  exceededBudget,
  lossesOf,
  NOTHING_ACCEPTED,
  newStep,
  sizeOfRetry,
} from './context.ts'
import type { RolloutEvent } from './events.ts'
import { isInCanary, isOver, isStepOver } from './guards.ts'
import type { Alarm, Loss, Losses, RolloutContext, TargetOutcome } from './types.ts'

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
  const again = was && context.again && less(context.again, was)
  if (was && (again || context.action === 'undo')) counts[was] -= 1
  const loss = lossOf(outcome)
  const { losses } = context
  return {
    out: context.out.filter((one) => one !== position),
    counts,
    ...(again && { again }),
    losses: loss ? { ...losses, [loss]: losses[loss] + 1 } : losses,
    ...(context.action === 'do' && ALARMS.includes(code ?? '') && { alarm: code as Alarm }),
  }
}

function lossOf(outcome: TargetOutcome): Loss | undefined {
  if (outcome === 'abandoned') return 'failed'
  return outcome === 'failed' || outcome === 'unreachable' ? outcome : undefined
}

/** Without the target that has ended; `undefined` where it is not one of them. */
function less(again: Losses, was: TargetOutcome): Losses | undefined {
  const loss = lossOf(was)
  return loss && again[loss] > 0 ? { ...again, [loss]: again[loss] - 1 } : undefined
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

/** Starts a pass with the targets that were lost, and those that were not handed out. Losses that are left out are accepted. */
export function beginRetry({ context, event }: Args): Update {
  assertEvent(event, 'retry')
  const { only } = event
  const again = allLosses(context, only)
  return {
    attempt: context.attempt + 1,
    size: sizeOfRetry(context, only),
    next: 0,
    ...newStep(context.step),
    again,
    only,
    accepted: { ...NOTHING_ACCEPTED, all: lossesOf({ ...context, again }) },
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
    again: undefined,
    alarm: undefined,
  }
}

export function rememberUndo({ event }: Args): Update {
  assertEvent(event, 'undo.planned')
  return { size: event.size }
}
