import { createGate, type Leave, type Queued } from '../../machines/gate.ts'

/**
 * The flows of this process that are at work, to whatever engine. A host on Node.js has as many as its process can do
 * (`setLimits`).
 */
export const flowGate = createGate(64)

/** The news of a flow that has just asked for its place. */
export function queuedNow(): Queued {
  return { ahead: flowGate.waiting - 1, at: Date.now() }
}

/** The place of one flow among those at work. */
export interface Place {
  /** `false`: others are at work, or wait already. */
  tryTake(): boolean
  /**
   * Calls once the flow has its place, which is later than it returns. A flow that has had one before comes before
   * those that have not begun. The function that it returns withdraws the request.
   */
  ask(taken: () => void): () => void
  leave(): void
}

export function createPlace(): Place {
  let held: Leave | undefined
  let hasBegun = false
  const take = (leave: Leave) => {
    held = leave
    hasBegun = true
  }
  return {
    tryTake() {
      const leave = held ?? flowGate.tryEnter()
      if (leave) take(leave)
      return leave !== undefined
    },
    ask: (taken) =>
      flowGate.ask((leave) => {
        take(leave)
        taken()
      }, hasBegun),
    leave() {
      held?.()
      held = undefined
    },
  }
}
