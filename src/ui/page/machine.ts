import type { MachineChart } from '../../chart/chartLayout.ts'
import { visible } from '../../text/visible.ts'
import { setText } from '../../viewer/element.ts'
import { style } from '../../viewer/style.ts'
import { createChartCanvas } from './chartCanvas.ts'
import { createChartOutline } from './chartOutline.ts'
import { machineStyle } from './machineStyle.ts'

try {
  const response = await fetch('/chart')
  const told = await response.json()
  if (!response.ok) throw new Error(String(told.message))
  show(told)
} catch (error) {
  setText(byId('problem'), `The machine cannot be shown: ${(error as Error).message}`)
}

function show(chart: MachineChart): void {
  const name = `Statechart of ${chart.id}`
  document.title = visible(name)
  setText(byId('name'), chart.id)
  setText(byId('counts'), countsOf(chart))
  const root = byId('chart').attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [style, machineStyle].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  const canvas = createChartCanvas(chart)
  const node = document.createElement('div')
  node.className = 'machine'
  node.append(canvas.node, createChartOutline(chart, canvas.show))
  root.append(node)
  canvas.fit()
}

function countsOf({ states, arrows }: MachineChart): string {
  const transitions = [...arrows.map(({ events }) => events), ...states.map(({ stays }) => stays)]
  const count = transitions.reduce((sum, events) => sum + (events?.length ?? 0), 0)
  return `${states.length} states, ${count} transitions`
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no ${id}`)
  return found
}
