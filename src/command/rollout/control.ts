import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { defined } from '../../../machines/defined.ts'
import { countRecords } from '../../../machines/rollout/records.ts'
import type { Loss } from '../../../machines/rollout/types.ts'
import { readPlan, sendToRollout } from '../../rollout/embeddedRunner.ts'
import type { RolloutMessage } from '../../rollout/runner.ts'
import { consentTo, type Rollout } from '../../rollout/startRollout.ts'
import { visibleJson } from '../../text/visible.ts'
import type { RolloutOrder } from '../../ui/rollouts.ts'
import { alignColumns, fitColumns } from '../listing.ts'
import { type QueueSelection, queueOf } from '../options/queue.ts'
import { type CommandIo, catchInterrupts, report, writeLines } from '../processIo.ts'
import { type Carried, carryOut, isInUse, type OrderDetails, passOrder } from './carryOut.ts'
import {
  exitCodeOf,
  findRollout,
  hasEnded,
  type RolloutDeed,
  type RolloutSource,
  rolloutFolder,
  type StoredRollout,
} from './rolloutFolder.ts'
import { withRollouts } from './rolloutSource.ts'
import { rolloutEndLines } from './rolloutText.ts'
import { chooseRolloutView } from './rolloutView.ts'
import { userName } from './start.ts'

export interface RolloutCommand extends Carried, QueueSelection {
  /** Its beginning is enough. Default: the newest. */
  id?: string
  /** Of a retry: the targets that failed, or those that were unreachable. */
  only?: Loss
}

/** Passes an order of a person to the process that carries a rollout out, or follows it in this one. */
export async function control(
  deed: RolloutDeed,
  command: RolloutCommand,
  io: CommandIo,
): Promise<number> {
  const url = queueOf(command, io.env)
  if (url !== undefined) {
    const { controlInQueue } = await import('../queue/rolloutsInQueue.ts')
    const follow = (id: string) => watch({ ...command, id }, io)
    return controlInQueue(deed, { ...command, follow }, url, io)
  }
  const found = findRollout(rolloutFolder(io.env), command.id)
  const code = await steer(deed, found, command, io)
  if (code !== undefined) return code
  writeLines(io.stdout, [`${deed}: the process that carries ${found.id} out was told`])
  return 0
}

/**
 * The same. Resolves to the exit status once the rollout rests, or to `undefined` where another process has been told.
 *
 * @param taken called once this process has passed the order to the rollout
 */
export async function steer(
  order: RolloutOrder,
  found: Pick<StoredRollout, 'id' | 'state'>,
  { json, wait, only }: Carried & Pick<RolloutCommand, 'only'>,
  io: CommandIo,
  taken: (isTaken: boolean) => void = () => {},
): Promise<number | undefined> {
  const folder = rolloutFolder(io.env)
  const { id } = found
  const given = { who: userName(), ...defined({ only }) }
  const act = async (rollout: Rollout) => {
    const isTaken = await passOrder(rollout, order, found.state, given)
    taken(isTaken)
    return isTaken
  }
  try {
    return await carryOut({ id }, { json, wait, folder }, io, act)
  } catch (error) {
    if (!isInUse(error)) throw error
    sendToRollout(folder, id, messageOf(order, join(folder, id), given))
    return undefined
  }
}

function messageOf(
  order: RolloutOrder,
  folder: string,
  { only, ...given }: OrderDetails,
): RolloutMessage {
  if (order === 'deny') return { type: 'consent.deny' }
  if (order === 'retry') return { type: order, ...defined({ only }) }
  if (order !== 'grant') return { type: order }
  return { type: 'consent.grant', consent: consentTo(readPlan(folder), given, Date.now()) }
}

/** Lists rollouts, the newest first. The exit status is 1 where one of them cannot be read. */
export async function ls(
  { json, ...selection }: { json: boolean } & QueueSelection,
  io: CommandIo,
): Promise<number> {
  let exitCode = 0
  const rollouts = await withRollouts(selection, io, (source) =>
    source.list(({ message }) => {
      report(io, message)
      exitCode = 1
    }),
  )
  if (json) {
    writeLines(
      io.stdout,
      rollouts.map((each) => visibleJson(summary(each))),
    )
    return exitCode
  }
  const rows = rollouts.map(({ id, plan, records, state }) => {
    const { queued, leased, running } = countRecords(records)
    const done = records.length - queued - leased - running
    return [id, plan.kind, plan.plugin.reference, state, `${done} of ${records.length}`]
  })
  const table = [['ROLLOUT', 'KIND', 'PLUGIN', 'STATE', 'TARGETS'], ...rows]
  writeLines(io.stdout, alignColumns(fitColumns(table, [2], io)))
  return exitCode
}

function summary({ id, plan, records, state }: StoredRollout) {
  const { kind, plugin, hash } = plan
  const { reference, name } = plugin
  return { id, kind, reference, name, plan: hash, state, counts: countRecords(records) }
}

/** Shows one as it is. The exit status is that of its state. */
export async function status(command: RolloutCommand, io: CommandIo): Promise<number> {
  const { id, json } = command
  const found = await withRollouts(command, io, (source) => source.find(id))
  const counts = countRecords(found.records)
  const code = exitCodeOf(found.state, counts)
  if (json) {
    writeLines(io.stdout, [visibleJson({ ...summary(found), exitCode: code })])
    return code
  }
  const lines = rolloutEndLines({ ...found, counts })
  writeLines(io.stdout, [
    `${found.plan.kind} ${found.plan.plugin.reference}`,
    ...lines.stdout,
    ...lines.stderr,
  ])
  return code
}

const LOOK_MS = 500

/** Follows one, whichever process carries it out, until it has ended or waits for a person. */
export async function watch(command: RolloutCommand, io: CommandIo): Promise<number> {
  return withRollouts(command, io, (source) => follow(command, source, io))
}

async function follow(
  { id, json, wait }: RolloutCommand,
  source: RolloutSource,
  io: CommandIo,
): Promise<number> {
  let now = await source.find(id)
  const interrupts = catchInterrupts(io.signals)
  const view = chooseRolloutView({ json }, io)
  const known = new Map<number, string>()
  let state: string | undefined
  const show = () => {
    if (now.state !== state) {
      const from = state === undefined ? {} : { from: state }
      view.transition({ ...from, to: now.state, event: { type: now.event }, at: Date.now() })
    }
    state = now.state
    const changed = now.records.filter((record) => known.get(record.index) !== keyOf(record))
    for (const record of changed) {
      if (known.size > 0) view.record(record)
    }
    for (const record of changed) known.set(record.index, keyOf(record))
    if (changed.length > 0) view.counts(countRecords(now.records))
  }
  try {
    for (;;) {
      show()
      const waits = !wait && ['paused', 'holding', 'awaitConsent'].includes(now.state)
      if (hasEnded(now.state) || (waits && now.out === 0) || interrupts.first) break
      await Promise.race([setTimeout(LOOK_MS), interrupts.interrupted])
      now = await source.again(now)
    }
    const counts = countRecords(now.records)
    const code = interrupts.first?.exitCode ?? exitCodeOf(now.state, counts)
    view.end({ ...now, counts }, code)
    return code
  } finally {
    view.close()
    interrupts.release()
  }
}

function keyOf({ state, attempt }: { state: string; attempt: number }): string {
  return `${attempt} ${state}`
}

/** Everything that is known of one, as JSON. */
export async function exportRollout(command: RolloutCommand, io: CommandIo): Promise<number> {
  const found = await withRollouts(command, io, (source) => source.find(command.id))
  const { plan, records, state } = found
  const told = { id: found.id, state, counts: countRecords(records), plan, records }
  io.stdout.write(`${visibleJson(told)}\n`)
  return 0
}
