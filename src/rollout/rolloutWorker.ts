import { keyOf } from '../../machines/settings.ts'
import { createConductor } from './conduct.ts'
import { createAnswers } from './createAnswers.ts'
import { wallTime } from './localRunner.ts'
import type { Ask } from './questions.ts'
import type { Runner, RunnerHandlers } from './runner.ts'
import { createTargetStep, factsOf, type TargetStepOptions } from './targetStep.ts'

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
  const answer = createAnswers(options)
  const ask: Ask = runner.ask ?? ((_, question) => answer(question))
  const { start, event } = createConductor(runner, {
    now: time.now,
    consentTime,
    async findChange({ plugin, targets }, { index, after }) {
      const target = targets[index]
      if (!target) return CHANGED
      try {
        const { name, settings } = plugin
        const secrets = settings.filter((setting) => 'from' in setting).map(keyOf)
        const now = await ask(target.zone, { about: 'plugin', target, name, secrets })
        return JSON.stringify(now) === JSON.stringify(after) ? undefined : CHANGED
      } catch (error) {
        return factsOf(error)
      }
    },
  })
  const target = createTargetStep(runner, options)
  return { start, serve: (how) => runner.serve({ ...how, start, event, target, answer }) }
}
