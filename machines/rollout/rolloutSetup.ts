import { assign, setup } from 'xstate'
import type { RolloutEvent } from './events.ts'
import * as guards from './guards.ts'
import type { RolloutContext, RolloutInput } from './types.ts'
import * as updates from './updates.ts'

/** The longest delay of a timer in Node.js. */
const LONGEST = 2 ** 31 - 1

/** The types, guards, actions and delays of the chart. It invokes no actors: a runner acts on its context. */
export const rolloutSetup = setup({
  types: {
    input: {} as RolloutInput,
    context: {} as RolloutContext,
    events: {} as RolloutEvent,
    tags: {} as 'waitingForUser' | 'cancellable' | 'working' | 'ended',
  },
  guards: { ...guards },
  actions: {
    rememberPlan: assign(updates.rememberPlan),
    recordConsent: assign(updates.recordConsent),
    handOut: assign(updates.handOut),
    count: assign(updates.count),
    countMonitored: assign(updates.countMonitored),
    beginStep: assign(updates.beginStep),
    acceptLosses: assign(updates.acceptLosses),
    beginRetry: assign(updates.beginRetry),
    requestUndo: assign(updates.requestUndo),
    beginUndo: assign(updates.beginUndo),
    rememberUndo: assign(updates.rememberUndo),
  },
  delays: {
    consentTime: ({ context }) => context.input.consentTime,
    monitorTime: ({ context }) => context.input.strategy.monitor,
    holdTime: ({ context }) => {
      const { hold } = context.input.strategy
      return hold === 'person' ? LONGEST : hold
    },
  },
})
