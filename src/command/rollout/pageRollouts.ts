import { join } from 'node:path'
import { Writable } from 'node:stream'
import { isLocked } from '../../../adapters/journal/runLock.ts'
import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import type { RolloutEvent } from '../../../machines/rollout/events.ts'
import type { PlannedTarget } from '../../../machines/rollout/plan.ts'
import { countRecords } from '../../../machines/rollout/records.ts'
import { showInstall } from '../../events/installEvents.ts'
import { snapshotEvents } from '../../events/snapshotEvents.ts'
import { readSaved } from '../../rollout/conduct.ts'
import { idsIn, readPlan } from '../../rollout/embeddedRunner.ts'
import { followRollout } from '../../rollout/followRollout.ts'
import {
  type ListedRollout,
  type OpenRollout,
  ROLLOUT_ORDERS,
  type RolloutOrder,
  type Rollouts,
  type ShownRollout,
  type ShownTarget,
} from '../../ui/rollouts.ts'
import { UsageError } from '../parseOptions.ts'
import { type CommandIo, createOutput, messageOf, report } from '../processIo.ts'
import { steer } from './control.ts'
import { planLines } from './planText.ts'
import { mayBeLeft, rolloutFolder, stateOf } from './rolloutFolder.ts'
import { requestOf } from './start.ts'

type Followed = ReturnType<typeof followRollout>

/** The rollouts of the state folder for the page, which can carry one out itself. */
export function pageRollouts(io: CommandIo) {
  const folder = rolloutFolder(io.env)
  const followed = new Map<string, Followed>()
  const opened = new Map<string, OpenRollout>()
  const carried = new Set<Promise<unknown>>()
  const quiet: CommandIo = { ...io, stdout: createOutput(new Writable({ write: drop })) }

  const follow = async (id: string): Promise<Followed> => {
    const rollout = followed.get(id) ?? followRollout(join(folder, id))
    followed.set(id, rollout)
    await rollout.refresh()
    return rollout
  }
  const rollouts: Rollouts = {
    async list() {
      const listed: ListedRollout[] = []
      const problems: string[] = []
      for (const id of idsIn(folder).toReversed()) {
        try {
          listed.push(listedRollout(id, await follow(id)))
        } catch (error) {
          problems.push(messageOf(error))
        }
      }
      return { rollouts: listed, problems }
    },
    async open(id) {
      if (!idsIn(folder).includes(id)) return undefined
      const rollout = opened.get(id) ?? openRollout(join(folder, id), id, await follow(id))
      opened.set(id, rollout)
      return rollout
    },
    order(id, order) {
      const { saved } = followed.get(id) ?? {}
      return new Promise<void>((resolve, reject) => {
        const taken = (isTaken: boolean) =>
          isTaken ? resolve() : reject(new RangeError('the rollout does not take that now'))
        const carrying = steer(order, { id, ...stateOf(saved) }, ALONE, quiet, taken)
          .catch((error: unknown) => {
            const isTold = error instanceof UsageError || isEngineError(error)
            reject(isTold ? new RangeError(error.message) : error)
            report(io, messageOf(error))
          })
          .finally(() => {
            resolve()
            carried.delete(carrying)
          })
        carried.add(carrying)
      })
    },
  }
  return {
    rollouts,
    /** Resolves once this process carries none out. */
    closed: async () => void (await Promise.all(carried)),
  }
}

/** What is written to standard output is shown on the page, and failures on standard error too. */
const ALONE = { json: true, wait: false }

function drop(_text: unknown, _encoding: unknown, done: () => void): void {
  done()
}

function openRollout(folder: string, id: string, followed: Followed): OpenRollout {
  const plan = linesOf(folder)
  return {
    async read(after) {
      await followed.refresh()
      const { version, saved } = followed
      const isDriven = await isLocked(join(folder, '../runner.lock'))
      const { state, out } = stateOf(saved)
      const isAsked = state === 'awaitConsent'
      const isLeft = !isDriven && !isAsked && mayBeLeft(state)
      const rollout: ShownRollout = {
        ...listedRollout(id, followed),
        out,
        takes: ROLLOUT_ORDERS.filter((order) => takes(followed, order, isLeft)),
        isLeft,
        ...(isAsked && { consent: showInstall.request(requestOf(followed.plan)) }),
        plan,
      }
      return { version, rollout, rows: followed.rowsAfter(after) }
    },
    async target(index) {
      const record = await followed.record(index)
      const target = readPlan(folder).targets[index]
      if (!record || !target) return undefined
      const { message, before, after, next, run, times } = record
      const at = times.ended ?? times.began ?? 0
      const engine = engineOf(target)
      return {
        ...(followed.rows[index] as ShownTarget),
        engine,
        ...defined({ message, before, after, next, ...times }),
        ...(run !== undefined && { events: snapshotEvents(run as never, at, { engine }) }),
      }
    },
  }
}

/** The plan in lines. Of settings that widen nothing only the names are shown: a value may be a password. */
function linesOf(folder: string): string[] {
  const plan = readPlan(folder)
  const widening = new Set(
    requestOf(plan)
      .settings.filter(({ widens }) => widens)
      .map(({ name, field }) => `${name}.${field}`),
  )
  const settings = plan.plugin.settings.map((setting) => {
    if ('from' in setting || widening.has(`${setting.name}.${setting.field}`)) return setting
    const { name, field } = setting
    return { name, ...defined({ field }) }
  })
  return planLines({ ...plan, plugin: { ...plan.plugin, settings } })
}

function listedRollout(id: string, { plan, rows, saved }: Followed): ListedRollout {
  const { kind, plugin, at } = plan
  const { name, reference } = plugin
  const { state } = stateOf(saved)
  return { id, kind, name, reference, planned: at, state, counts: countRecords(rows) }
}

/** Whether the machine takes an order in its present state. */
function takes({ saved }: Followed, order: RolloutOrder, isLeft: boolean): boolean {
  const event = { grant: 'consent.grant', deny: 'consent.deny' }[order as string] ?? order
  const snapshot = saved && readSaved(saved)
  if (snapshot?.status === 'active' && snapshot.can({ type: event } as RolloutEvent)) return true
  return order === 'resume' && isLeft
}

function engineOf({ access }: PlannedTarget): string {
  return 'context' in access ? `context ${access.context}` : access.host
}
