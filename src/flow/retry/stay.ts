import type { StateValue } from 'xstate'
import type { Timeouts } from '../../../machines/plugin-install/types.ts'

/** How long a flow has been in its state. Its sub-states share one bound. */
export function createStay(timeouts: Timeouts, now: () => number) {
  let state = ''
  let since = 0
  return {
    enter(value: StateValue) {
      const next = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '')
      if (next === state) return
      state = next
      since = now()
    },
    state: () => state,
    /** Milliseconds until the state is left, whatever happens. */
    left: () => (timeouts[state as keyof Timeouts] ?? 0) - (now() - since),
  }
}
