import type { OutcomeReached } from '../events/flowEvent.ts'
import { element } from './element.ts'
import { viewOf } from './machineViews.ts'
import { endToneOf, type RunState } from './runAt.ts'

/** How the flow ended, and what is on the engine now. */
export function createOutcomeView() {
  const node = element('section', { class: 'outcome panel', part: 'outcome' })
  let shown: OutcomeReached | undefined
  return {
    node,
    update({ flow, outcome: reached }: RunState) {
      node.hidden = reached === undefined
      if (!reached || reached === shown) return
      shown = reached
      const { outcome, machine } = reached
      node.className = `outcome panel ${endToneOf(outcome)}`
      const { title, parts } = viewOf(machine ? reached : flow).outcome(outcome)
      node.replaceChildren(element('h3', {}, title), ...parts)
    },
  }
}
