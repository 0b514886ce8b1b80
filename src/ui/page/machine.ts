import type { ChartLayout } from '../../chart/chartLayout.ts'
import { nodesBelow } from '../../chart/statechart/collapse.ts'
import type { Statechart } from '../../chart/statechart/readStatechart.ts'
import { visible } from '../../text/visible.ts'
import { createChartCanvas } from '../../viewer/chartCanvas.ts'
import { setText } from '../../viewer/element.ts'
import { style } from '../../viewer/style.ts'
import type { ShownMachine } from '../startMachineUi.ts'
import { createLive } from './live.ts'
import { machineStyle } from './machineStyle.ts'
import { createMinimap } from './minimap.ts'
import { createOutline } from './outline.ts'
import { openSession } from './session.ts'

const session = openSession()
try {
  const response = await session.send('/chart')
  const answer = await response.json()
  if (response.ok) show(answer)
  else if (response.status !== 403) throw new Error(String(answer.message))
} catch (error) {
  setText(byId('problem'), `The machine cannot be shown: ${(error as Error).message}`)
}

function show({ machine, live, collapsed: atFirst, layout }: ShownMachine): void {
  const name = `Statechart of ${machine.id}`
  document.title = visible(name)
  setText(byId('name'), machine.id)
  setText(byId('counts'), countsOf(machine))
  const root = byId('chart').attachShadow({ mode: 'open' })
  root.adoptedStyleSheets = [style, machineStyle].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(text)
    return sheet
  })
  const canvas = createChartCanvas()
  const minimap = createMinimap(canvas.node)
  let collapsed = new Set(atFirst)
  let picture: SVGElement
  let selected: string | undefined
  let active: readonly string[] = []

  /** A state whose inside is not drawn stands for what is active in it. */
  const light = () => {
    for (const box of picture.querySelectorAll<SVGElement>('[data-state]')) {
      box.classList.toggle('active', active.includes(String(box.dataset.state)))
    }
  }
  const draw = (next: ChartLayout) => {
    picture = canvas.draw(next, name)
    minimap.draw(next)
    outline.setCollapsed(collapsed)
    light()
    if (selected === undefined) return
    mark(selected)
    canvas.show(selected)
  }
  const mark = (path: string) => {
    selected = path
    for (const box of picture.querySelectorAll<SVGElement>('[data-state]')) {
      box.classList.toggle('selected', box.dataset.state === path)
    }
    outline.mark(path)
  }
  /** In the middle of the picture, in which it is drawn then. */
  const select = (path: string) => {
    mark(path)
    const around = [...collapsed].filter((each) => path.startsWith(`${each}.`))
    if (around.length === 0) canvas.show(path)
    else void layOut(new Set([...collapsed].filter((each) => !around.includes(each))))
  }
  const layOut = async (next: ReadonlySet<string>) => {
    setText(byId('problem'), '')
    setText(byId('busy'), 'Laying out the picture …')
    try {
      const response = await session.send('/chart', { collapsed: [...next] })
      const answer = await response.json()
      if (!response.ok) throw new Error(String(answer.message))
      collapsed = new Set(next)
      draw(answer)
    } catch (error) {
      setText(byId('problem'), `The picture stays as it is: ${(error as Error).message}`)
    }
    setText(byId('busy'), '')
  }
  const toggle = (path: string) => {
    selected = path
    const next = new Set(collapsed)
    if (!next.delete(path)) next.add(path)
    void layOut(next)
  }
  const outline = createOutline(machine, { select, toggle })

  /** The state that was pointed at, unless the picture was moved. */
  let from = [0, 0]
  canvas.node.addEventListener('pointerdown', ({ clientX, clientY }) => {
    from = [clientX, clientY]
  })
  const pointedAt = ({ target, clientX, clientY }: MouseEvent) => {
    const isMove = Math.hypot(clientX - (from[0] ?? 0), clientY - (from[1] ?? 0)) > 4
    return isMove ? undefined : (target as Element).closest<SVGElement>('.state')?.dataset.state
  }
  canvas.node.addEventListener('click', (event) => {
    const path = pointedAt(event)
    // It stays under the pointer, which may click again.
    if (path !== undefined) mark(path)
  })
  const outer = new Set(
    nodesBelow(machine.root)
      .filter(hasStates)
      .map(({ path }) => path),
  )
  canvas.node.addEventListener('dblclick', (event) => {
    const path = pointedAt(event)
    if (path !== undefined && outer.has(path)) toggle(path)
  })
  addEventListener('keydown', (event) => {
    const isWriting = event.composedPath()[0] instanceof HTMLInputElement
    if (event.key !== '/' || isWriting || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    outline.search.focus()
  })
  const node = document.createElement('div')
  node.className = 'machine'
  const side = document.createElement('div')
  side.className = 'side'
  side.append(outline.node)
  node.append(canvas.node, side)
  root.append(node)
  draw(layout)
  if (!live) return
  const follower = createLive(machine.id, session, (next) => {
    active = next
    light()
  })
  side.prepend(follower.node)
  void follower.follow()
}

function hasStates({ states }: Statechart['root']): boolean {
  return states.length > 0
}

function countsOf({ root, edges }: Statechart): string {
  return `${nodesBelow(root).length} states, ${edges.length} transitions`
}

function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no ${id}`)
  return found
}
