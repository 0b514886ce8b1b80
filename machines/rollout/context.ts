import { budgetOf, canaryEnds, stepEnd } from './budget.ts'
import type { Loss, Losses, RolloutContext, RolloutInput } from './types.ts'

const NO_LOSSES: Losses = { failed: 0, unreachable: 0 }
export const NOTHING_ACCEPTED = { all: NO_LOSSES, step: NO_LOSSES }

export function initialContext({ input }: { input: RolloutInput }): RolloutContext {
  return {
    input,
    attempt: 1,
    action: 'do',
    total: 0,
    next: 0,
    out: [],
    counts: {
      done: 0,
      kept: 0,
      failed: 0,
      unreachable: 0,
      abandoned: 0,
      undone: 0,
      undoFailed: 0,
    },
    ...newStep(0),
    accepted: NOTHING_ACCEPTED,
    goesBack: false,
  }
}

/** Returns the fields that each step resets. */
export function newStep(step: number): Pick<RolloutContext, 'step' | 'losses' | 'isMonitored'> {
  return { step, losses: NO_LOSSES, isMonitored: false }
}

/** Returns how many targets of the current pass come before the end of a step. */
function endOf({ input, total, size = 0, action }: RolloutContext, step: number): number {
  if (action === 'undo') return size
  return Math.max(0, stepEnd(input.strategy, total, step) - (total - size))
}

/** Returns the position at which the current step ends. */
export function endOfStep(context: RolloutContext): number {
  return endOf(context, context.step)
}

/** True if the step is a canary step. */
export function isCanary({ input, total }: RolloutContext, step: number): boolean {
  return step < canaryEnds(input.strategy, total).length
}

/** Returns how many targets have failed, and how many were unreachable, without those that are tried again. */
export function lossesOf(context: Pick<RolloutContext, 'counts' | 'again'>): Losses {
  const { again = NO_LOSSES } = context
  const { failed, unreachable } = allLosses(context)
  return { failed: failed - again.failed, unreachable: unreachable - again.unreachable }
}

/** Returns the losses that a retry takes again, whether or not it is those of one kind. */
export function allLosses({ counts }: Pick<RolloutContext, 'counts'>, only?: Loss): Losses {
  return {
    failed: only === 'unreachable' ? 0 : counts.failed + counts.abandoned,
    unreachable: only === 'failed' ? 0 : counts.unreachable,
  }
}

/** Returns how many targets a retry would have: those that were lost, and those that were never handed out. */
export function sizeOfRetry(context: RolloutContext, only?: Loss): number {
  const { size = 0, next, again = NO_LOSSES } = context
  const lost = sum(allLosses(context, only))
  // Limited to one kind, there has to be something of that kind.
  return only && lost === 0 ? 0 : lost + size - next - sum(again)
}

function sum({ failed, unreachable }: Losses): number {
  return failed + unreachable
}

/** Returns the budget that is exceeded, unless a person has accepted that. */
export function exceededBudget(context: RolloutContext): keyof Losses | undefined {
  const { input, total, losses, accepted, step, action } = context
  // A rollback never stops at a failure.
  if (action === 'undo') return undefined
  const sizeOfStep = endOf(context, step) - endOf(context, step - 1)
  const { maxFailures, maxUnreachable } = input.strategy
  for (const [kind, share] of [
    ['failed', maxFailures],
    ['unreachable', maxUnreachable],
  ] as const) {
    const all = lossesOf(context)[kind]
    if (all > budgetOf(share, total) && all > accepted.all[kind]) return kind
    if (losses[kind] > budgetOf(share, sizeOfStep) && losses[kind] > accepted.step[kind]) {
      return kind
    }
  }
  return undefined
}
