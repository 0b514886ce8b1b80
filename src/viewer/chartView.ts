import type { ChartArrow, ChartLayout } from '../chart/chartLayout.ts'
import { drawChart } from '../chart/drawChart.ts'
import type { TransitionTaken } from '../events/flowEvent.ts'
import { element, setText, svgElement } from './element.ts'
import { arrowsOf, moodOf, type RunState, withAncestors } from './runAt.ts'

/**
 * The chart with its active states, the way taken so far, and the last step of it. Without a layout only
 * that step is described.
 */
export function createChartView() {
  const caption = element('figcaption')
  const node = element('figure', { class: 'chart' }, caption)
  let layout: ChartLayout | undefined
  let name = ''
  let pictures: SVGElement[] = []
  let parts: SVGElement[] = []
  let shown = ''

  const draw = (next: ChartLayout | undefined) => {
    layout = next
    shown = ''
    name = `Statechart of ${next?.id}`
    pictures = next
      ? (['wide', 'narrow'] as const).map((kind) => {
          const picture = svgElement(drawChart(next, kind, name))
          picture.classList.add('picture', kind)
          return picture
        })
      : []
    parts = pictures.flatMap((picture) => [
      ...picture.querySelectorAll<SVGElement>('[data-state],[data-to]'),
    ])
    node.replaceChildren(...pictures, caption)
  }

  return {
    node,
    update(next: ChartLayout | undefined, { transitions }: RunState) {
      if (next !== layout) draw(next)
      const last = transitions.at(-1)
      const key = `${transitions.length} ${last?.sequence}`
      if (key === shown) return
      shown = key
      setText(caption, last ? describeStep(last) : '')
      if (!next) return
      const steps = transitions.map((transition) => arrowsOf(next, transition))
      const way = steps.flat()
      const states = [...transitions, ...way].map(({ to }) => to)
      const visited = new Set(states.flatMap(withAncestors))
      const active = new Set(withAncestors(last?.to ?? ''))
      const taken = new Set(way.map(keyOf))
      const lastTaken = new Set(steps.at(-1)?.map(keyOf))
      for (const part of parts) {
        const { state = '', from = '', to = '' } = part.dataset
        const arrow = keyOf({ from, to })
        const isActive = active.has(state)
        part.classList.toggle('active', isActive)
        part.classList.toggle('good', isActive && moodOf(state) === 'good')
        part.classList.toggle('bad', isActive && moodOf(state) === 'bad')
        part.classList.toggle('visited', visited.has(state) || taken.has(arrow))
        part.classList.toggle('last', lastTaken.has(arrow))
      }
      for (const picture of pictures) {
        picture.setAttribute('aria-label', last ? `${name}. Active: ${last.to}.` : `${name}.`)
        raise(picture)
      }
    },
  }
}

function keyOf({ from, to }: Pick<ChartArrow, 'from' | 'to'>): string {
  return `${from} ${to}`
}

function describeStep({ from, to, event }: TransitionTaken): string {
  return from === undefined ? `Began in ${to}` : `${from} → ${to} on ${event}`
}

/** Moves the arrows taken above those that they cross. */
function raise(picture: SVGElement): void {
  const firstLabel = picture.querySelector('.label')
  for (const arrow of picture.querySelectorAll('.arrow.visited'))
    picture.insertBefore(arrow, firstLabel)
  for (const last of picture.querySelectorAll('.arrow.last')) picture.insertBefore(last, firstLabel)
}
