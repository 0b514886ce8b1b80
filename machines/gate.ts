import { onAbort } from './onAbort.ts'

/** Gives a place back; a second call has no effect. */
export type Leave = () => void

/** That something waits for its place. */
export interface Queued {
  /** How many wait before it. */
  ahead: number
  /** Milliseconds since the epoch. */
  at: number
}

/** So many at once, and the others in the order in which they asked. */
export interface Gate {
  /** A change counts from then on, and takes no place away. */
  limit: number
  /** How many are in. */
  readonly taken: number
  /** How many wait. */
  readonly waiting: number
  /** A place, if one is free. */
  tryEnter(): Leave | undefined
  /**
   * Calls once with a place, later than it returns. The function that it returns withdraws the request. `granted`: of this
   * request alone. `first`: before all that ask without it.
   */
  ask(granted: (leave: Leave) => void, first?: boolean): () => void
  /** The same as a promise, which rejects with `aborted()` once the signal has fired. */
  enter(signal: AbortSignal, aborted: () => Error): Promise<Leave>
}

export function createGate(initialLimit: number): Gate {
  let limit = initialLimit
  let taken = 0
  // Sets keep their order, and one that withdraws from the middle costs nothing.
  const first = new Set<(leave: Leave) => void>()
  const others = new Set<(leave: Leave) => void>()
  const take = (): Leave => {
    taken++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      taken--
      admit()
    }
  }
  /** Once for all that ask in one turn. */
  let isAdmitting = false
  const admit = () => {
    isAdmitting = false
    for (const queue of [first, others]) {
      for (const granted of queue) {
        if (taken >= limit) return
        queue.delete(granted)
        granted(take())
      }
    }
  }
  const gate: Gate = {
    get limit() {
      return limit
    },
    set limit(value) {
      limit = value
      admit()
    },
    get taken() {
      return taken
    },
    get waiting() {
      return first.size + others.size
    },
    tryEnter: () => (taken < limit && gate.waiting === 0 ? take() : undefined),
    ask(granted, isFirst) {
      const queue = isFirst ? first : others
      queue.add(granted)
      if (!isAdmitting) queueMicrotask(admit)
      isAdmitting = true
      return () => queue.delete(granted)
    },
    async enter(signal, aborted) {
      if (signal.aborted) throw aborted()
      const free = gate.tryEnter()
      if (free) return free
      return new Promise((resolve, reject) => {
        const withdraw = gate.ask((leave) => {
          release()
          resolve(leave)
        })
        const release = onAbort(signal, () => {
          withdraw()
          reject(aborted())
        })
      })
    },
  }
  return gate
}
