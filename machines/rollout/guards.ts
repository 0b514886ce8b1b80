import { assertEvent } from 'xstate'
import { endOfStep, exceededBudget, isCanary, sizeOfRetry } from './context.ts'
import type { RolloutEvent } from './events.ts'
import type { Strategy } from './plan.ts'
import type { RolloutContext } from './types.ts'

interface Args {
  context: RolloutContext
  event: RolloutEvent
}

export function hasNoTargets({ event }: Args): boolean {
  assertEvent(event, 'plan.done')
  return event.size === 0
}

/** True unless the event is a duplicate, or of an earlier pass. */
export function isCurrent({ context, event }: Args): boolean {
  assertEvent(event, 'target.done')
  return event.attempt === context.attempt && context.out.includes(event.position)
}

export function isOfThisStep({ context, event }: Args): boolean {
  assertEvent(event, 'batch.monitored')
  return event.step === context.step
}

export function isOfThisStepInCanary({ context, event }: Args): boolean {
  return isOfThisStep({ context, event }) && isInCanary({ context })
}

/** True until the targets of a rollback are listed. */
export function isToBeListed({ context }: Args): boolean {
  return context.size === undefined
}

export function hasToPause({ context }: Args): boolean {
  return context.alarm !== undefined || isExceeded(context, 'pause')
}

export function hasToGoBack({ context }: Args): boolean {
  return isExceeded(context, 'rollback')
}

export function hasToStop({ context }: Args): boolean {
  return isExceeded(context, 'stop')
}

function isExceeded(context: RolloutContext, onFailure: Strategy['onFailure']): boolean {
  return context.input.strategy.onFailure === onFailure && exceededBudget(context) !== undefined
}

export function isDrained({ context }: Pick<Args, 'context'>): boolean {
  return context.out.length === 0
}

export function isStepOver({ context }: Pick<Args, 'context'>): boolean {
  return isDrained({ context }) && context.next >= endOfStep(context)
}

export function hasToMonitor({ context }: Args): boolean {
  return context.input.strategy.monitor > 0 && !context.isMonitored && isStepOver({ context })
}

export function isOver({ context }: Pick<Args, 'context'>): boolean {
  return isDrained({ context }) && context.next === context.size
}

export function isInCanary({ context }: Pick<Args, 'context'>): boolean {
  return isCanary(context, context.step)
}

export function hasAnotherCanary({ context }: Pick<Args, 'context'>): boolean {
  return isCanary(context, context.step + 1)
}

/** A hold for a person never ends by itself. */
export function isTimed({ context }: Pick<Args, 'context'>): boolean {
  return context.input.strategy.hold !== 'person'
}

export function isTimedBeforeCanary({ context }: Args): boolean {
  return isTimed({ context }) && hasAnotherCanary({ context })
}

/** True if there is a consent, no target is at work, and the retry would have one. */
export function mayRetry({ context, event }: Args): boolean {
  assertEvent(event, 'retry')
  if (!context.consent) return false
  return isDrained({ context }) && sizeOfRetry(context, event.only) > 0
}

export function mayRetryInCanary({ context, event }: Args): boolean {
  return mayRetry({ context, event }) && isInCanary({ context })
}

export function isDrainedToGoBack({ context }: Args): boolean {
  return context.goesBack && isDrained({ context })
}
