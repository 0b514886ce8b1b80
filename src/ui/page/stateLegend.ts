import { targetWords } from '../../../machines/rollout/labels.ts'
import type { RolloutCounts } from '../../../machines/rollout/records.ts'
import { TARGET_STATES, type TargetState } from '../../../machines/rollout/records.ts'
import { element, setText } from '../../viewer/element.ts'

/** The state of a target in words. */
export function wordOf(state: TargetState): string {
  return targetWords[state] ?? state
}

/**
 * The states of targets with their colours and counts. An entry that is pressed leaves only the targets in its state, and
 * those of the other entries that are.
 *
 * @param changed called when other states are wanted
 */
export function createStateLegend(place: HTMLElement, changed: () => void) {
  const wanted = new Set<TargetState>()
  const entries = TARGET_STATES.map((state) => {
    const swatch = element('i', { class: 'swatch', 'data-state': state })
    const count = element('b')
    const node = element(
      'button',
      { type: 'button', 'aria-pressed': 'false' },
      swatch,
      wordOf(state),
      count,
    )
    node.addEventListener('click', () => {
      if (!wanted.delete(state)) wanted.add(state)
      node.ariaPressed = String(wanted.has(state))
      changed()
    })
    return { state, swatch, count, node }
  })
  place.append(...entries.map(({ node }) => node))
  let colors = new Map<TargetState, string>()
  const readColors = () => {
    colors = new Map(
      entries.map(({ state, swatch }) => [state, getComputedStyle(swatch).backgroundColor]),
    )
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readColors)
  return {
    isWanted: (state: TargetState) => wanted.size === 0 || wanted.has(state),
    colorOf(state: TargetState): string {
      if (colors.size === 0) readColors()
      return colors.get(state) ?? ''
    },
    show(counts: RolloutCounts) {
      for (const { state, count, node } of entries) {
        setText(count, String(counts[state]))
        // One that is pressed stays, so that it can be released.
        node.hidden = counts[state] === 0 && !wanted.has(state)
      }
    },
    /** Shows targets in all states. */
    reset() {
      wanted.clear()
      for (const { node } of entries) node.ariaPressed = 'false'
    },
  }
}
