import { hostname } from 'node:os'
import { isEnd } from '../../../machines/rollout/records.ts'
import { createRolloutWorker } from '../../rollout/rolloutWorker.ts'
import type { Runner } from '../../rollout/runner.ts'
import { type QueueSelection, queueOf } from '../options/queue.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, catchInterrupts, report } from '../processIo.ts'
import { workFrom } from '../rollout/carryOut.ts'
import { jsonView, lineView } from '../rollout/rolloutView.ts'
import { openQueue } from './openQueue.ts'

/** The parsed command line of `plugin-flow worker`. */
export interface WorkerCommand extends QueueSelection {
  zone?: string
  parallel: number
  json: boolean
}

/** Works on the targets of a queue until a signal ends it. The exit status is 0 once every target that it had has ended. */
export async function workerCommand(
  { zone, parallel, json, ...selection }: WorkerCommand,
  io: CommandIo,
): Promise<number> {
  const url = queueOf(selection, io.env)
  if (url === undefined) throw new UsageError('worker needs --queue URL, or PLUGIN_FLOW_QUEUE')
  const runner = await openQueue(url, io)
  const interrupts = catchInterrupts(io.signals, () =>
    report(io, 'no further target is taken, and those at work are waited for; once more leaves'),
  )
  try {
    const worker = createRolloutWorker(shown(runner, { json }, io), workFrom(io.env))
    const stop = await worker.serve({
      worker: `${hostname()} ${process.pid}`,
      parallel,
      ...(zone !== undefined && { zone }),
    })
    report(io, `works on targets ${zone === undefined ? 'of all zones' : `of the zone ${zone}`}`)
    const { exitCode } = await interrupts.interrupted
    const isLeft = await Promise.race([stop(), interrupts.second.then(() => true)])
    // Its targets go to other workers after their leases.
    return isLeft ? exitCode : 0
  } finally {
    interrupts.release()
    await runner.close()
  }
}

/** A line for each target that this worker ends. */
function shown(runner: Runner, { json }: { json: boolean }, io: CommandIo): Runner {
  const view = json ? jsonView(io) : lineView(io)
  return {
    ...runner,
    async write(record, lease) {
      const isWritten = await runner.write(record, lease)
      if (isWritten && lease && isEnd(record)) view.record(record)
      return isWritten
    },
  }
}
