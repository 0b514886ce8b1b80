import { isEngineError } from '../../../machines/errors.ts'
import { openEmbeddedRunner } from '../../rollout/embeddedRunner.ts'
import type { Runner } from '../../rollout/runner.ts'
import { type QueueSelection, queueOf } from '../options/queue.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, report, writeLines } from '../processIo.ts'
import { isInUse } from './carryOut.ts'
import { chooseRollout, hasEnded, rolloutFolder, stateOf } from './rolloutFolder.ts'

/** The parsed command line of `plugin-flow rollout rm`. */
export interface RemoveCommand extends QueueSelection {
  /** Its beginning is enough. */
  id: string
}

/** Removes a rollout that has ended, with its records. */
export async function removeCommand(command: RemoveCommand, io: CommandIo): Promise<number> {
  try {
    const runner = await openRunner(queueOf(command, io.env), io)
    return await remove(runner, command.id, io).finally(runner.close)
  } catch (error) {
    if (isInUse(error)) {
      report(io, `another process carries rollouts out (${error.message}): wait until it has ended`)
      return 1
    }
    throw isEngineError(error) ? new UsageError(error.message) : error
  }
}

async function openRunner(
  queue: string | undefined,
  io: CommandIo,
): Promise<Runner & { close(): Promise<void> }> {
  if (queue === undefined) return openEmbeddedRunner(rolloutFolder(io.env))
  return (await import('../queue/openQueue.ts')).openQueue(queue, io)
}

async function remove(runner: Runner, given: string, io: CommandIo): Promise<number> {
  const id = chooseRollout(await runner.rollouts(), given)
  const saved = await runner.load(id)
  const { state } = stateOf(saved)
  const isGone = saved && hasEnded(state) && (await runner.remove(id, saved.version))
  if (isGone) {
    writeLines(io.stdout, [`${id}: removed`])
    return 0
  }
  const next = `plugin-flow rollout cancel ${id} ends it, and leaves what is done`
  report(io, `the rollout ${id} has not ended, and is ${state}: ${next}`)
  return 1
}
