import { createGate, type Leave, type Queued } from '../../machines/gate.ts'

/** The start of a flow takes about a millisecond: so many at once block nothing else that the process does. */
const MOST_STARTS_PER_TURN = 16

/**
 * The flows of this process that are at work, to whatever engine. A host on Node.js has as many as its process can do
 * (`setLimits`).
 */
export const flowGate = createGate(64, MOST_STARTS_PER_TURN)

/** The news of a flow that has just asked for its place. */
export function queuedNow(): Queued {
  return { ahead: flowGate.waiting - 1, at: Date.now() }
}

/** The place of one flow among those at work. */
export class Place {
  #held: Leave | undefined
  #hasBegun = false

  /** `false`: others are at work, or wait already. */
  tryTake(): boolean {
    if (!this.#held) this.#take(flowGate.tryEnter())
    return this.#held !== undefined
  }

  /**
   * Calls once the flow has its place, which is later than it returns. A flow that has had one before comes before
   * those that have not begun. The function that it returns withdraws the request.
   */
  ask(taken: () => void): () => void {
    return flowGate.ask((leave) => {
      this.#take(leave)
      taken()
    }, this.#hasBegun)
  }

  leave(): void {
    this.#held?.()
    this.#held = undefined
  }

  #take(leave: Leave | undefined): void {
    this.#held = leave
    this.#hasBegun ||= leave !== undefined
  }
}
