import { isEngineError } from '../../../machines/errors.ts'
import type { QueueRunner } from '../../rollout/queue/queueRunner.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, report } from '../processIo.ts'

const REPEAT_MS = 60_000

export const NO_WORKER =
  'no worker serves this queue now: plugin-flow worker, with the same queue, starts one'

/**
 * Opens the rollouts of a queue. A problem that passes is a line on `stderr`, once a minute.
 *
 * @throws UsageError that says what is missing, refused or unsafe there
 */
export async function openQueue(url: string, io: CommandIo): Promise<QueueRunner> {
  const { openQueueRunner } = await import('../../rollout/queue/queueRunner.ts')
  let last = ''
  let toldAt = 0
  const onProblem = (message: string) => {
    if (message === last && performance.now() - toldAt < REPEAT_MS) return
    last = message
    toldAt = performance.now()
    report(io, `the queue: ${message}; trying again`)
  }
  try {
    return await openQueueRunner(url, { onProblem })
  } catch (error) {
    throw isEngineError(error) ? new UsageError(error.message) : error
  }
}

/** The same, for what its workers have to do. */
export async function openServedQueue(url: string, io: CommandIo): Promise<QueueRunner> {
  const runner = await openQueue(url, io)
  await reportNoWorkers(runner, io)
  return runner
}

/** A rollout in a queue that no worker serves waits. A server that does not tell is not asked again. */
export async function reportNoWorkers(runner: QueueRunner, io: CommandIo): Promise<void> {
  const count = await runner.workers().catch(() => undefined)
  if (count === 0) report(io, NO_WORKER)
}
