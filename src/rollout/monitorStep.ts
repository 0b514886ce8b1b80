import { endOfStep } from '../../machines/rollout/context.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import type { RolloutContext } from '../../machines/rollout/types.ts'
import { atOnce } from './atOnce.ts'
import type { Runner } from './runner.ts'

/** Why a plugin is not as the rollout left it; `undefined` where it is. */
export type FindChange = (
  plan: RolloutPlan,
  record: TargetRecord,
) => Promise<Pick<TargetRecord, 'code' | 'message' | 'next'> | undefined>

interface MonitorOptions {
  findChange: FindChange
  /** Indexes of the targets of a pass, in their order. */
  listOf(rollout: string, context: RolloutContext): Promise<number[]>
  /** Whether the rollout still waits for the look at this step. */
  isLooking(rollout: string, context: RolloutContext): Promise<boolean>
}

/** Returns the function that looks again at the plugins of a step, and sends the result to the machine. */
export function createMonitor(
  runner: Runner,
  { findChange, listOf, isLooking }: MonitorOptions,
): (rollout: string, context: RolloutContext) => Promise<void> {
  /** Steps that are looked at, by rollout and pass. A start meanwhile looks no second time. */
  const looking = new Set<string>()

  const look = async (rollout: string, context: RolloutContext): Promise<void> => {
    const plan = await runner.plan(rollout)
    const done = await runner.records(rollout, { states: ['done'] })
    const begin = endOfStep({ ...context, step: context.step - 1 })
    const ofStep = new Set((await listOf(rollout, context)).slice(begin, endOfStep(context)))
    if (!plan) return
    const failed: TargetRecord[] = []
    const passed = done.filter(({ index }) => ofStep.has(index))
    await atOnce(passed, plan.strategy.parallel, async (record) => {
      const change = await findChange(plan, record)
      if (change) failed.push({ ...record, state: 'failed', ...change })
    })
    // Another process may have looked, or a person have paused it meanwhile: what is found is written and counted as a whole.
    if (!(await isLooking(rollout, context))) return
    for (const record of failed) await runner.write(record)
    const { step } = context
    await runner.event(rollout, { type: 'batch.monitored', step, failed: failed.length })
  }

  return async (rollout, context) => {
    const key = `${rollout} ${context.attempt} ${context.step}`
    if (looking.has(key)) return
    looking.add(key)
    await look(rollout, context).finally(() => looking.delete(key))
  }
}
