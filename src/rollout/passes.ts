import type { TargetRecord, TargetState } from '../../machines/rollout/records.ts'
import type { Loss, RolloutContext } from '../../machines/rollout/types.ts'
import type { Runner } from './runner.ts'

/** Returns the function that lists the indexes of the targets of a rollout's current pass, in their order. */
export function createPasses(
  runner: Pick<Runner, 'records'>,
): (rollout: string, pass: RolloutContext) => Promise<number[]> {
  /** A cache by rollout. It can be rebuilt from the records. */
  const passes = new Map<string, { attempt: number; list: Promise<number[]> }>()
  return (rollout, pass) => {
    const { attempt } = pass
    const known = passes.get(rollout)
    if (known?.attempt === attempt) return known.list
    const list = runner.records(rollout).then((records) => listPass(records, pass))
    passes.set(rollout, { attempt, list })
    list.catch(() => passes.delete(rollout))
    return list
  }
}

/**
 * Lists the targets of a pass in order: those that wait for it and those that it has taken, so the list does not change during the
 * pass.
 */
export function listPass(
  records: readonly TargetRecord[],
  { attempt, action, only }: Pick<RolloutContext, 'attempt' | 'action' | 'only'>,
): number[] {
  const waiting = ['queued', ...lost(only)]
  const waits = ({ state, changed }: TargetRecord) =>
    action === 'undo' ? changed === true : waiting.includes(state)
  const found = records.filter((record) => record.attempt === attempt || waits(record))
  // The last change is undone first.
  if (action === 'undo') {
    found.sort((one, other) => (other.times.ended ?? 0) - (one.times.ended ?? 0))
  }
  return found.map(({ index }) => index)
}

/** The states of targets that were lost, or of those of one kind. */
function lost(only: Loss | undefined): TargetState[] {
  return [
    ...(only === 'unreachable' ? [] : (['failed', 'abandoned'] as const)),
    ...(only === 'failed' ? [] : (['unreachable'] as const)),
  ]
}
