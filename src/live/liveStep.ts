/** One event that a watched actor has taken, and where that left it. */
export interface LiveStep {
  /** Rises by one with each step of an inspector. */
  sequence: number
  /** Milliseconds since 1970. */
  at: number
  /** Tells the actors of one process apart. */
  actor: string
  /** The id of its machine. */
  machine: string
  /** The event's type, and nothing else of it. */
  event: string
  /** The state as XState writes it: `idle`, or `{ working: 'packing' }`. */
  value: unknown
  status: string
  /** Its state has no transition for the event, or the actor had ended. */
  ignored?: true
  /** Only where it was asked for, and only what JSON can hold. */
  context?: unknown
}

/** Steps on their way to the page. */
export interface LiveBatch {
  /** Tells the inspectors of several processes apart. */
  run: string
  /** How many steps were dropped so far, oldest first, because they could not be sent in time. */
  dropped: number
  steps: LiveStep[]
}
