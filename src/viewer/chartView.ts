import type { ChartArrow, ChartLayout } from '../chart/chartLayout.ts'
import type { TransitionTaken } from '../events/flowEvent.ts'
import { createChartCanvas } from './chartCanvas.ts'
import { element, setText } from './element.ts'
import { arrowsOf, meaningOf, meaningOn, type RunState, toneOf, withAncestors } from './runAt.ts'

/**
 * The chart with its active states, the way taken so far, and the last step of it. Without a layout only
 * that step is described.
 */
export function createChartView() {
  const caption = element('figcaption')
  const canvas = createChartCanvas()
  const node = element('figure', { class: 'chart', part: 'chart' }, canvas.node, caption)
  let layout: ChartLayout | undefined
  let name = ''
  let picture: SVGElement | undefined
  let parts: SVGElement[] = []
  /** The labels of arrows that were not taken. */
  let names = new Map<SVGElement, Node[]>()
  let shown = ''

  const draw = (next: ChartLayout | undefined) => {
    layout = next
    shown = ''
    name = `Statechart of ${next?.id}`
    picture = next && canvas.draw(next, name)
    parts = [...(picture?.querySelectorAll<SVGElement>('[data-state],[data-to]') ?? [])]
    const labels = parts.filter((part) => part.matches('.label'))
    names = new Map(labels.map((label) => [label, [...label.childNodes]]))
    canvas.node.hidden = !next
  }

  return {
    node,
    update(next: ChartLayout | undefined, run: RunState) {
      if (next !== layout || !picture) draw(next)
      const { transitions } = run
      const last = transitions.at(-1)
      const tone = toneOf(run)
      const key = `${transitions.length} ${last?.sequence} ${tone}`
      if (key === shown) return
      shown = key
      setText(caption, last ? describeStep(next, last) : '')
      if (!next || !picture) return
      const steps = transitions.map((transition) =>
        arrowsOf(next, transition).map((arrow, index) => ({
          arrow,
          meaning: meaningOn(arrow, index === 0 ? transition.event : 'always'),
        })),
      )
      const taken = new Map(steps.flat().map(({ arrow, meaning }) => [keyOf(arrow), meaning]))
      const lastTaken = new Set(steps.at(-1)?.map(({ arrow }) => keyOf(arrow)))
      const states = [...transitions, ...steps.flat().map(({ arrow }) => arrow)]
      const visited = new Set(states.flatMap(({ to }) => withAncestors(to)))
      const active = new Set(withAncestors(last?.to ?? ''))
      for (const part of parts) {
        const { state = '', from = '', to = '' } = part.dataset
        const arrow = keyOf({ from, to })
        const isActive = active.has(state)
        part.classList.toggle('active', isActive)
        for (const each of ['good', 'bad', 'stopped'] as const) {
          part.classList.toggle(each, isActive && tone === each)
        }
        part.classList.toggle('visited', visited.has(state) || taken.has(arrow))
        part.classList.toggle('last', lastTaken.has(arrow))
        const name = names.get(part)
        const meaning = taken.get(arrow)
        if (name && meaning) setText(part, meaning)
        else if (name) part.replaceChildren(...name)
      }
      picture.setAttribute('aria-label', last ? `${name}. Active: ${last.to}.` : `${name}.`)
      raise(picture)
      canvas.show(last?.to ?? '')
    },
  }
}

function keyOf({ from, to }: Pick<ChartArrow, 'from' | 'to'>): string {
  return `${from} ${to}`
}

function describeStep(layout: ChartLayout | undefined, step: TransitionTaken): string {
  const { from, to, event } = step
  if (from === undefined) return `Began in ${to}`
  const meaning = layout ? meaningOf(layout, step) : event
  return `${from} → ${to}: ${meaning}${meaning === event ? '' : ` (${event})`}`
}

/** Moves the arrows taken above those that they cross. */
function raise(picture: SVGElement): void {
  const firstLabel = picture.querySelector('.label')
  for (const arrow of picture.querySelectorAll('.arrow.visited'))
    picture.insertBefore(arrow, firstLabel)
  for (const last of picture.querySelectorAll('.arrow.last')) picture.insertBefore(last, firstLabel)
}
