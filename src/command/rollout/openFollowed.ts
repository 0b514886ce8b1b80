import { defined } from '../../../machines/defined.ts'
import type { RolloutEvent } from '../../../machines/rollout/events.ts'
import type { PlannedTarget, RolloutPlan } from '../../../machines/rollout/plan.ts'
import { countRecords } from '../../../machines/rollout/records.ts'
import { showInstall } from '../../events/installEvents.ts'
import { snapshotEvents } from '../../events/snapshotEvents.ts'
import { readSaved } from '../../rollout/conduct.ts'
import type { FollowedRollout } from '../../rollout/followRollout.ts'
import {
  type ListedRollout,
  type OpenRollout,
  ROLLOUT_ORDERS,
  type RolloutOrder,
  type ShownRollout,
  type ShownTarget,
} from '../../ui/rollouts.ts'
import { planLines } from './planText.ts'
import { mayBeLeft, stateOf } from './rolloutFolder.ts'
import { requestOf } from './start.ts'

/** How a rollout that is followed is shown. */
export interface OpenFollowed {
  id: string
  followed: FollowedRollout
  /** With its targets, which nothing holds in memory for the page. */
  plan(): RolloutPlan | Promise<RolloutPlan>
  /** Reads what is new, and resolves to what is known apart from the records. */
  refresh(): Promise<{ isDriven: boolean; problem?: string }>
}

export async function openFollowed(options: OpenFollowed): Promise<OpenRollout> {
  const { id, followed, refresh } = options
  const plan = linesOf(await options.plan())
  return {
    async read(after) {
      const { isDriven, problem } = await refresh()
      const { version, saved } = followed
      const { state, out } = stateOf(saved)
      const isAsked = state === 'awaitConsent'
      const isLeft = !isDriven && !isAsked && mayBeLeft(state)
      const rollout: ShownRollout = {
        ...listedRollout(id, followed),
        out,
        takes: ROLLOUT_ORDERS.filter((order) => takes(followed, order, isLeft)),
        isLeft,
        ...defined({ problem }),
        ...(isAsked && { consent: showInstall.request(requestOf(followed.plan)) }),
        plan,
      }
      return { version, rollout, rows: followed.rowsAfter(after) }
    },
    async target(index) {
      const record = await followed.record(index)
      const target = (await options.plan()).targets[index]
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
function linesOf(plan: RolloutPlan): string[] {
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

export function listedRollout(id: string, { plan, rows, saved }: FollowedRollout): ListedRollout {
  const { kind, plugin, at } = plan
  const { name, reference } = plugin
  const { state } = stateOf(saved)
  return { id, kind, name, reference, planned: at, state, counts: countRecords(rows) }
}

/** Whether the machine takes an order in its present state. */
function takes({ saved }: FollowedRollout, order: RolloutOrder, isLeft: boolean): boolean {
  const event = { grant: 'consent.grant', deny: 'consent.deny' }[order as string] ?? order
  const snapshot = saved && readSaved(saved)
  if (snapshot?.status === 'active' && snapshot.can({ type: event } as RolloutEvent)) return true
  return order === 'resume' && isLeft
}

function engineOf({ access }: PlannedTarget): string {
  return 'context' in access ? `context ${access.context}` : access.host
}
