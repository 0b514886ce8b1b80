import { defined } from '../../machines/defined.ts'
import { EngineError } from '../../machines/errors.ts'
import type { RolloutPlan } from '../../machines/rollout/plan.ts'
import type { TargetRecord } from '../../machines/rollout/records.ts'
import type { RolloutLog } from '../../src/rollout/localRunner.ts'
import type { Runner } from '../../src/rollout/runner.ts'
import { createTargetStep, type TargetStepOptions } from '../../src/rollout/targetStep.ts'
import { createLocalRunner } from '../../src/rollout.ts'
import { engines, planFor, REFERENCE } from './rolloutStage.ts'

export type Fleet = ReturnType<typeof engines>

interface Steps {
  fleet: Fleet
  runner: Runner
  /** Works on the target once, and resolves to its record. */
  step(action?: 'do' | 'undo'): Promise<TargetRecord>
}

interface Options {
  plan?: Partial<RolloutPlan>
  fleet?: Fleet
  options?: Partial<TargetStepOptions>
  log?: RolloutLog
}

export const ID = 'r1'
export const GRANTED = { reference: REFERENCE, grantAllPermissions: true }

/** A runner with one rollout of one target, which a consent was given to. */
export async function runnerOf(
  plan: Partial<RolloutPlan> = {},
  { hasConsent = true, log }: { hasConsent?: boolean; log?: RolloutLog } = {},
): Promise<Runner> {
  const runner = createLocalRunner(defined({ log }))
  const record: TargetRecord = {
    rollout: ID,
    index: 0,
    target: 't0',
    state: 'queued',
    attempt: 0,
    times: {},
  }
  await runner.create(ID, await planFor(1, {}, plan), [record])
  const consent = { hash: 'sha256:1', at: '2026-01-01T00:00:00Z' }
  const snapshot = { value: 'rolling', context: hasConsent ? { consent } : {} }
  await runner.save(ID, { version: 1, event: 'x', snapshot, timers: {} }, 0)
  return runner
}

/** Steps on one target, without the machine that orders them. */
export async function onTarget(
  { plan, fleet = engines(), options, log }: Options,
  act: (steps: Steps) => Promise<void>,
): Promise<void> {
  const runner = await runnerOf(plan, defined({ log }))
  let ended = () => {}
  let attempt = 0
  const stop = await runner.serve({
    worker: 'w',
    parallel: 1,
    event: async () => ended(),
    target: createTargetStep(runner, { connect: fleet.connect, ...options }),
  })
  const step: Steps['step'] = async (action = 'do') => {
    const end = new Promise<void>((resolve) => {
      ended = resolve
    })
    attempt += 1
    await runner.enqueue(ID, [{ index: 0, attempt, action }])
    await end
    return (await runner.records(ID))[0] as TargetRecord
  }
  try {
    await act({ fleet, runner, step })
  } finally {
    await stop()
    fleet.close()
  }
}

/** An engine that fails at an operation, once. */
export function failingAt(operation: string, when: 'before' | 'after', error: EngineError): Fleet {
  let isOver = false
  const hook = async (_: number, id: string) => {
    if (id !== operation || isOver) return
    isOver = true
    throw error
  }
  return when === 'before' ? engines(hook) : engines(() => {}, { after: hook })
}

export const LOST = new EngineError('engine-unreachable', 'the engine hung up')
export const REFUSED = new EngineError('engine-failed', 'not now')
