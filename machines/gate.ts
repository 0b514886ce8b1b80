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
}

/** @param mostPerTurn places given in one turn of the event loop, where what enters has much to do at first; unlimited otherwise */
export function createGate(initialLimit: number, mostPerTurn?: number): Gate {
  let limit = initialLimit
  let taken = 0
  let takenInTurn = 0
  // Sets keep their order, and one that withdraws from the middle costs nothing.
  const first = new Set<(leave: Leave) => void>()
  const others = new Set<(leave: Leave) => void>()
  const take = (): Leave => {
    taken++
    if (mostPerTurn && takenInTurn++ === 0) setTimeout(beginTurn)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      taken--
      admit()
    }
  }
  const isOpen = () => taken < limit && takenInTurn !== mostPerTurn
  const beginTurn = () => {
    takenInTurn = 0
    admit()
  }
  /** Once for all that ask in one turn. */
  let isAdmitting = false
  const admit = () => {
    isAdmitting = false
    for (const queue of [first, others]) {
      for (const granted of queue) {
        if (!isOpen()) return
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
    tryEnter: () => (isOpen() && gate.waiting === 0 ? take() : undefined),
    ask(granted, isFirst) {
      const queue = isFirst ? first : others
      queue.add(granted)
      if (!isAdmitting) queueMicrotask(admit)
      isAdmitting = true
      return () => queue.delete(granted)
    },
  }
  return gate
}
