import type { ChartLayout } from '../chart/chartLayout.ts'
import { drawChart } from '../chart/drawChart.ts'
import type { TransitionTaken } from '../events/flowEvent.ts'
import { arrowOf, withAncestors } from './arrowOf.ts'
import { element, svgElement } from './element.ts'
import type { RunState } from './runAt.ts'

/** The chart with its active states, the way taken so far, and the last step of it. */
export function createChartView(layout: ChartLayout) {
  const name = `Statechart of ${layout.id}`
  const pictures = (['wide', 'narrow'] as const).map((kind) => {
    const picture = svgElement(drawChart(layout, kind, name))
    picture.classList.add('picture', kind)
    return picture
  })
  const caption = element('figcaption')
  const node = element('figure', { class: 'chart' }, ...pictures, caption)
  const all = pictures.flatMap((picture) => [
    ...picture.querySelectorAll<SVGElement>('[data-state],[data-to]'),
  ])
  let shown = ''

  return {
    node,
    update({ transitions }: RunState) {
      const last = transitions.at(-1)
      const key = `${transitions.length} ${last?.sequence}`
      if (key === shown) return
      shown = key
      const way = transitions.map((transition) => arrowOf(layout, transition))
      const visited = new Set(transitions.flatMap(({ to }) => withAncestors(to)))
      const active = new Set(withAncestors(last?.to ?? ''))
      const taken = new Set(way)
      for (const part of all) {
        const { state = '', from = '', to = '' } = part.dataset
        const arrow = to && `${from} ${to}`
        part.classList.toggle('active', active.has(state))
        part.classList.toggle('visited', visited.has(state) || (arrow !== '' && taken.has(arrow)))
        part.classList.toggle('last', arrow !== '' && arrow === way.at(-1))
      }
      for (const picture of pictures) {
        picture.setAttribute('aria-label', last ? `${name}. Active: ${last.to}.` : `${name}.`)
        raise(picture)
      }
      caption.textContent = last ? describeStep(last) : ''
    },
  }
}

function describeStep({ from, to, event }: TransitionTaken): string {
  return from === undefined ? `Began in ${to}` : `${from} → ${to} on ${event}`
}

/** What is lit lies above what it crosses. */
function raise(picture: SVGElement): void {
  const firstLabel = picture.querySelector('.label')
  for (const arrow of picture.querySelectorAll('.arrow.visited'))
    picture.insertBefore(arrow, firstLabel)
  const last = picture.querySelector('.arrow.last')
  if (last) picture.insertBefore(last, firstLabel)
}
