import { escapeText, openTag } from '../text/xml.ts'
import type { ChartLayout } from './chartLayout.ts'
import { drawChart, type Shape } from './drawChart.ts'

/** A laid-out chart as an SVG file that needs nothing else, on light and dark. */
export function toSvg(layout: ChartLayout): string {
  const drawn = drawChart(layout, 'wide', `Statechart of ${layout.id}`)
  const style: Shape = { tag: 'style', attributes: {}, children: [STYLE] }
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...drawn.attributes }
  return `${write({ ...drawn, attributes, children: [style, ...drawn.children] })}\n`
}

const STYLE = `
svg { --back: #fff; --box: #f7f8fa; --edge: #9aa3b2; --text: #171b23; background: var(--back) }
text { font: 600 13px system-ui, sans-serif; fill: var(--text) }
.label { font: 10px ui-monospace, monospace; stroke: var(--back); stroke-width: 4px; paint-order: stroke }
.box { fill: var(--box); stroke: var(--edge) }
.inner, .line { fill: none; stroke: var(--edge) }
.head, circle { fill: var(--edge) }
@media (prefers-color-scheme: dark) {
  svg { --back: #10141b; --box: #181d27; --edge: #66728a; --text: #e8ecf3 }
}
`

function write(shape: Shape | string): string {
  if (typeof shape === 'string') return escapeText(shape)
  const { tag, attributes, children } = shape
  return `${openTag(tag, attributes)}>${children.map(write).join('')}</${tag}>`
}
