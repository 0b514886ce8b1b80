import { type QueueSelection, queueOf } from '../options/queue.ts'
import type { CommandIo } from '../processIo.ts'
import {
  findRollout,
  listRollouts,
  type RolloutSource,
  readAgain,
  rolloutFolder,
} from './rolloutFolder.ts'

/** Reads rollouts from where the command line says that they are. */
export async function withRollouts<Result>(
  selection: QueueSelection,
  io: CommandIo,
  act: (source: RolloutSource) => Promise<Result>,
): Promise<Result> {
  const url = queueOf(selection, io.env)
  if (url === undefined) return act(inFolder(rolloutFolder(io.env)))
  const { withQueue } = await import('../queue/rolloutsInQueue.ts')
  return withQueue(url, io, act)
}

function inFolder(folder: string): RolloutSource {
  return {
    list: async (onDamaged) => listRollouts(folder, onDamaged),
    find: async (id) => findRollout(folder, id),
    again: async (found) => readAgain(folder, found),
  }
}
