import { initialTransition, type SnapshotFrom, transition } from 'xstate'
import { defined } from '../../machines/defined.ts'
import type { RolloutEvent } from '../../machines/rollout/events.ts'
import { isEnd, type TargetRecord } from '../../machines/rollout/records.ts'
import { rolloutMachine } from '../../machines/rollout/rolloutMachine.ts'
import type { RolloutContext } from '../../machines/rollout/types.ts'
import { createMonitor, type FindChange } from './monitorStep.ts'
import { createPasses } from './passes.ts'
import type { RolloutMessage, Runner, SavedRollout } from './runner.ts'

export type RolloutSnapshot = SnapshotFrom<typeof rolloutMachine>

export interface ConductorOptions {
  /** Milliseconds since the epoch. */
  now(): number
  /** Milliseconds until a rollout without consent expires. */
  consentTime: number
  findChange: FindChange
}

/** The machine of a rollout as it was saved. */
export function readSaved({ snapshot }: SavedRollout): RolloutSnapshot {
  const { value, context } = snapshot as Pick<RolloutSnapshot, 'value' | 'context'>
  return rolloutMachine.resolveState({ value, context })
}

/**
 * Handles the events of rollouts one at a time. The next action is derived from the saved state alone, so a process that ends
 * between two steps loses nothing.
 */
export function createConductor(runner: Runner, options: ConductorOptions) {
  const listOf = createPasses(runner)
  const monitor = createMonitor(runner, {
    findChange: options.findChange,
    listOf,
    async isLooking(rollout, { attempt, step }) {
      const saved = await runner.load(rollout)
      const now = saved && readSaved(saved)
      if (now?.context.attempt !== attempt || now.context.step !== step) return false
      return now.matches({ monitoring: 'looking' })
    },
  })

  const save = async (
    rollout: string,
    known: SavedRollout | undefined,
    event: string,
    [{ value, context, status }, actions]: ReturnType<
      typeof initialTransition<typeof rolloutMachine>
    >,
  ): Promise<SavedRollout | undefined> => {
    const timers = { ...known?.timers }
    for (const { type, params } of actions as { type: string; params?: unknown }[]) {
      const {
        id,
        sendId,
        event: raised,
        delay,
      } = Object(params) as {
        id: string
        sendId: string
        event: RolloutMessage
        delay: number
      }
      if (type === 'xstate.raise') timers[id] = { event: raised, at: options.now() + delay }
      if (type === 'xstate.cancel') delete timers[sendId]
    }
    const version = known?.version ?? 0
    const saved = {
      version: version + 1,
      event,
      at: options.now(),
      snapshot: { value, context, status },
      timers,
    }
    return (await runner.save(rollout, saved, version)) ? saved : undefined
  }

  /** Carries out the actions of a state. Each of them may run twice. */
  const carryOut = async (rollout: string, saved: SavedRollout): Promise<void> => {
    const snapshot = readSaved(saved)
    const { context } = snapshot
    for (const [key, timer] of Object.entries(saved.timers)) {
      const event = { ...timer.event, timer: key, due: timer.at }
      await runner.at(rollout, key, { at: timer.at, event })
    }
    if (snapshot.matches('planning')) {
      const size = (await listOf(rollout, context)).length
      later(rollout, { type: 'plan.done', size })
    }
    if (snapshot.matches('rollingBack') && context.size === undefined) {
      const size = (await listOf(rollout, context)).length
      later(rollout, { type: 'undo.planned', size })
    }
    if (snapshot.matches({ monitoring: 'looking' })) {
      // Not awaited: events are handled while the engines answer. If the store fails, the next start looks again.
      void monitor(rollout, context).catch(() => {})
    }
    await handOut(rollout, context)
  }

  const handOut = async (rollout: string, context: RolloutContext): Promise<void> => {
    if (context.out.length === 0) return
    const { attempt, action } = context
    const list = await listOf(rollout, context)
    const tasks = context.out.map((position) => ({ index: list[position] ?? -1, attempt, action }))
    await runner.enqueue(rollout, tasks)
  }

  /** Sends the events of targets whose records have ended, but which the machine still has at work. */
  const catchUp = async (rollout: string, context: RolloutContext): Promise<void> => {
    if (context.out.length === 0) return
    const list = await listOf(rollout, context)
    for (const position of context.out) {
      const index = list[position] ?? -1
      const [record] = await runner.records(rollout, { after: index - 1, limit: 1 })
      if (record && record.attempt === context.attempt && isEnd(record)) {
        later(rollout, endOf(record))
      }
    }
  }

  const later = (rollout: string, message: RolloutMessage) =>
    void runner.event(rollout, message).catch(() => {})

  /** Replaces the index of a target with its position in the current pass. */
  const translate = async (
    rollout: string,
    { index, ...message }: RolloutMessage,
    context: RolloutContext,
  ): Promise<RolloutEvent> => {
    if (index === undefined) return message as RolloutEvent
    const position = (await listOf(rollout, context)).indexOf(index as number)
    return { ...message, position } as unknown as RolloutEvent
  }

  return {
    /** Starts a rollout, or continues one that an earlier process left. */
    async start(rollout: string): Promise<void> {
      const known = await runner.load(rollout)
      if (known) {
        await catchUp(rollout, readSaved(known).context)
        return carryOut(rollout, known)
      }
      const plan = await runner.plan(rollout)
      if (!plan) throw new RangeError(`there is no rollout ${rollout}`)
      const input = { strategy: plan.strategy, consentTime: options.consentTime }
      const saved = await save(
        rollout,
        undefined,
        'xstate.init',
        initialTransition(rolloutMachine, input),
      )
      if (saved) await carryOut(rollout, saved)
    },
    /** Handles one event. */
    async event(rollout: string, { timer, due, ...message }: RolloutMessage): Promise<void> {
      for (;;) {
        const known = await runner.load(rollout)
        if (!known) return
        // The timer was replaced or cancelled.
        if (timer !== undefined && known.timers[timer as string]?.at !== due) return
        const from = readSaved(known)
        const event = await translate(rollout, message, from.context)
        const isKnown = from.status === 'active' && from.can(event)
        if (!isKnown) return
        const saved = await save(
          rollout,
          known,
          event.type,
          transition(rolloutMachine, from, event),
        )
        if (!saved) continue
        for (const key of Object.keys(known.timers)) {
          if (!(key in saved.timers)) await runner.at(rollout, key)
        }
        return carryOut(rollout, saved)
      }
    },
  }
}

/** Returns the event for a record that has ended. */
export function endOf({ index, attempt, state, code, outcome }: TargetRecord): RolloutMessage {
  return {
    type: 'target.done',
    index,
    attempt,
    outcome: state,
    ...(code && { code }),
    ...defined({ was: outcome }),
  }
}
