import { join } from 'node:path'
import { isEngineError } from '../../../machines/errors.ts'
import {
  idsIn,
  openEmbeddedRunner,
  readRollout,
  removeFolder,
} from '../../rollout/embeddedRunner.ts'
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
  /** Also one that cannot be read. */
  force: boolean
}

/** Removes a rollout that has ended, or that cannot be read, with its records. */
export async function removeCommand(command: RemoveCommand, io: CommandIo): Promise<number> {
  try {
    const queue = queueOf(command, io.env)
    return await (queue === undefined ? removeHere(command, io) : removeInQueue(queue, command, io))
  } catch (error) {
    if (isInUse(error)) {
      report(io, `another process carries rollouts out (${error.message}): wait until it has ended`)
      return 1
    }
    throw isEngineError(error) ? new UsageError(error.message) : error
  }
}

async function removeHere(command: RemoveCommand, io: CommandIo): Promise<number> {
  const folder = rolloutFolder(io.env)
  // While this process has the folder, no other one works on its rollouts.
  const runner = await openEmbeddedRunner(folder)
  try {
    const id = chooseRollout(idsIn(folder).reverse(), command.id)
    const damage = damageOf(join(folder, id))
    if (!damage) return await remove(runner, id, io)
    if (!command.force) {
      report(io, `${damage}; plugin-flow rollout rm --force ${id} removes it all the same`)
      return 1
    }
    removeFolder(join(folder, id))
    writeLines(io.stdout, [`${id}: removed`])
    return 0
  } finally {
    await runner.close()
  }
}

/** Why a rollout cannot be read. */
function damageOf(folder: string): string | undefined {
  try {
    readRollout(folder)
    return undefined
  } catch (error) {
    return (error as RangeError).message
  }
}

async function removeInQueue(
  url: string,
  { id, force }: RemoveCommand,
  io: CommandIo,
): Promise<number> {
  if (force) {
    // A worker may be at work on it.
    throw new UsageError(
      '--force is for the rollouts of this machine, without --queue and PLUGIN_FLOW_QUEUE',
    )
  }
  const { openQueue } = await import('../queue/openQueue.ts')
  const runner = await openQueue(url, io)
  try {
    return await remove(runner, chooseRollout(await runner.rollouts(), id), io)
  } finally {
    await runner.close()
  }
}

async function remove(runner: Runner, id: string, io: CommandIo): Promise<number> {
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
