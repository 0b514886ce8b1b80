import { replaceFile } from '../../../adapters/journal/files.ts'
import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { PlannedSetting, RolloutKind, Strategy } from '../../../machines/rollout/plan.ts'
import { readFleet } from '../../rollout/fleet.ts'
import type { Fleet } from '../../rollout/fleetFile.ts'
import { parseLimit } from '../../rollout/limitExpression.ts'
import { planRollout } from '../../rollout/planRollout.ts'
import { WorkerError } from '../../rollout/queue/askWorkers.ts'
import type { QueueRunner } from '../../rollout/queue/queueRunner.ts'
import { asWord } from '../../text/visible.ts'
import { type QueueSelection, queueOf } from '../options/queue.ts'
import { unusableFile } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, catchInterrupts, report, writeLines } from '../processIo.ts'
import { planLines } from './planText.ts'

/** The parsed command line of `plugin-flow rollout plan`. */
export interface RolloutPlanCommand extends QueueSelection {
  /** Path of the fleet file. */
  fleet: string
  limit?: string
  kind: RolloutKind
  reference: string
  name?: string
  settings: readonly PlannedSetting[]
  digest?: string
  strategy: Partial<Strategy>
  /** In milliseconds. */
  deadline: number
  /** Path of the plan. Default: standard output. */
  output?: string
}

export async function planCommand(command: RolloutPlanCommand, io: CommandIo): Promise<number> {
  const { env, stdout, stderr } = io
  const { kind, reference, name, settings, digest, strategy, deadline, output } = command
  const cancel = new AbortController()
  const interrupts = catchInterrupts(io.signals, () => cancel.abort())
  const { signal } = cancel
  let queue: QueueRunner | undefined
  try {
    const fleet = limited(await readFleet(command.fleet, { env, signal }), command.limit)
    const url = queueOf(command, env)
    if (url !== undefined) {
      const { openServedQueue } = await import('../queue/openQueue.ts')
      queue = await openServedQueue(url, io)
    }
    const plan = await planRollout({
      fleet,
      ...(queue && { ask: queue.ask }),
      kind,
      reference,
      settings,
      strategy,
      deadline,
      env,
      signal,
      ...defined({ name, digest }),
    })
    const text = `${JSON.stringify(plan, null, 2)}\n`
    if (output === undefined) stdout.write(text)
    else await write(output, text)
    // The plan itself may go into a pipe.
    writeLines(output === undefined ? stderr : stdout, [...planLines(plan), ...nextLines(output)])
    return 0
  } catch (error) {
    return failed(error, interrupts.first?.exitCode, io)
  } finally {
    interrupts.release()
    await queue?.close()
  }
}

function limited(fleet: Fleet, limit: string | undefined): Fleet {
  if (limit === undefined) return fleet
  const targets = fleet.targets.filter(parsed(limit))
  if (targets.length > 0) return { targets }
  throw new UsageError(`--limit ${limit}: none of the ${fleet.targets.length} targets is meant`)
}

function parsed(limit: string): ReturnType<typeof parseLimit> {
  try {
    return parseLimit(limit)
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--limit: ${error.message}`) : error
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, text)
  } catch (error) {
    throw unusableFile(`--output ${path}`, error)
  }
}

function nextLines(output: string | undefined): string[] {
  if (output === undefined) return []
  return [
    `written to ${asWord(output)}; to carry it out: plugin-flow rollout start ${asWord(output)}`,
  ]
}

/** An error about the given values is one of usage; the others are about engines, registries and workers. */
const USAGE = ['invalid-option', 'invalid-setting', 'invalid-reference', 'invalid-configuration']

function failed(error: unknown, interrupted: number | undefined, io: CommandIo): number {
  if (!isEngineError(error)) throw error
  if (USAGE.includes(error.code) && !(error instanceof WorkerError))
    throw new UsageError(error.message)
  report(io, error.message)
  return interrupted ?? 1
}
