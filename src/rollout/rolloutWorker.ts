import { createConductor } from './conduct.ts'
import { wallTime } from './localRunner.ts'
import type { Runner, RunnerHandlers } from './runner.ts'
import {
  createTargetStep,
  factsOf,
  look,
  type TargetStepOptions,
  withOpened,
} from './targetStep.ts'

/** Milliseconds until a rollout without consent expires: a day. */
const CONSENT_MS = 24 * 60 * 60_000

export interface RolloutWorkerOptions extends TargetStepOptions {
  /** Milliseconds until a rollout without consent expires. Default: a day. */
  consentTime?: number
}

const CHANGED = {
  code: 'changed-by-others',
  message: 'the plugin is not as this rollout left it',
} as const

/** Works on the rollouts of a runner: their machines, and their targets. */
export interface RolloutWorker {
  /** Begins a rollout, or goes on with one that an earlier process left. */
  start(rollout: string): Promise<void>
  /** Takes events and targets. Resolves with what takes no more, and waits for the targets at work. */
  serve(how: Pick<RunnerHandlers, 'worker' | 'parallel' | 'zone'>): Promise<() => Promise<void>>
}

export function createRolloutWorker(runner: Runner, options: RolloutWorkerOptions): RolloutWorker {
  const { time = wallTime, consentTime = CONSENT_MS } = options
  const { start, event } = createConductor(runner, {
    now: time.now,
    consentTime,
    async findChange({ plugin, targets }, { index, after }) {
      const target = targets[index]
      if (!target) return CHANGED
      try {
        const now = await withOpened(
          () => options.connect(target),
          (engine) => look(engine, plugin.name),
        )
        return JSON.stringify(now) === JSON.stringify(after) ? undefined : CHANGED
      } catch (error) {
        return factsOf(error)
      }
    },
  })
  const target = createTargetStep(runner, options)
  return { start, serve: (how) => runner.serve({ ...how, start, event, target }) }
}
