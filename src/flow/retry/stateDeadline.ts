import type { StateValue } from 'xstate'

export interface StateDeadline {
  enter(value: StateValue): void
  /** The state that the flow is in, without its sub-states: they share one deadline. */
  state(): string
  /** Milliseconds until the state is left, whatever happens. */
  remaining(): number
}

/**
 * The deadline of the state that a flow is in.
 *
 * @param timeouts milliseconds by state
 */
export function stateDeadline(timeouts: object, now: () => number): StateDeadline {
  const limits = new Map<string, number>(Object.entries(timeouts))
  let state = ''
  let since = 0
  return {
    enter(value) {
      const next = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
      if (next === state) return
      state = next
      since = now()
    },
    state: () => state,
    remaining: () => (limits.get(state) ?? 0) - (now() - since),
  }
}
