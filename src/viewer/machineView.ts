import type { element } from './element.ts'

/** The words and views of the flows of one machine: each has a file of its own. */
export interface MachineView<Request = unknown, Outcome = unknown> {
  /** `The install failed`. */
  noun: string
  /** The word before the reference where the flow has a name too. */
  to: string
  /** @param before the last request that was answered */
  question(request: Request, before: Request | undefined): Asked
  outcome(outcome: Outcome): Ended
}

/** A question, without its answers. */
export interface Asked {
  title: string
  about: readonly (Node | string)[]
  parts: readonly Parameters<typeof element>[2][]
  /** Granting it takes care. */
  isCritical: boolean
  /** For a screen reader. */
  spoken: string
}

/** How a flow ended, and what is on the engine now. */
export interface Ended {
  title: string
  parts: readonly Node[]
}
