import type { MachineChart } from '../../chart/chartLayout.ts'
import { drawChart } from '../../chart/drawChart.ts'
import { button, element, svgElement } from '../../viewer/element.ts'

const STEP = 1.25
const SMALLEST = 0.05
const LARGEST = 4
/** The smallest scale at which names can be read. */
const READABLE = 0.6

/** The picture of a machine, to scroll and zoom in. */
export function createChartCanvas(chart: MachineChart) {
  const { width, height } = chart.wide
  const picture = svgElement(drawChart(chart, 'wide', `Statechart of ${chart.id}`))
  picture.classList.add('picture', 'wide')
  const scroll = element(
    'div',
    {
      class: 'scroll',
      role: 'region',
      tabindex: 0,
      'aria-label': 'The picture: arrow keys scroll it, + and - zoom, 0 shows it whole',
    },
    picture,
  )
  let scale = 1

  /** Keeps the middle of the view where it is. */
  const zoom = (to: number) => {
    const next = Math.min(LARGEST, Math.max(SMALLEST, to))
    const [x, y] = middleOf(scroll).map((at) => (at * next) / scale)
    scale = next
    picture.setAttribute('width', String(width * scale))
    picture.setAttribute('height', String(height * scale))
    scroll.scrollLeft = (x ?? 0) - scroll.clientWidth / 2
    scroll.scrollTop = (y ?? 0) - scroll.clientHeight / 2
  }
  const whole = () => Math.min(1, scroll.clientWidth / width, scroll.clientHeight / height)
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(scale * STEP),
    '=': () => zoom(scale * STEP),
    '-': () => zoom(scale / STEP),
    '0': () => zoom(whole()),
  }
  scroll.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
    if (!ctrlKey && !metaKey && !altKey && Object.hasOwn(keys, key)) keys[key]?.()
  })
  scroll.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      zoom(scale * (event.deltaY < 0 ? STEP : 1 / STEP))
    },
    { passive: false },
  )
  dragToScroll(scroll)
  const controls = element(
    'div',
    { class: 'controls', role: 'group', 'aria-label': 'Zoom' },
    button('Larger', { class: 'small' }, () => zoom(scale * STEP)),
    button('Smaller', { class: 'small' }, () => zoom(scale / STEP)),
    button('Whole', { class: 'small' }, () => zoom(whole())),
    button('1:1', { class: 'small' }, () => zoom(1)),
  )

  return {
    node: element('div', { class: 'canvas' }, controls, scroll),
    /** Call it once the picture is on the page: makes it as large as there is room for, and readable. */
    fit: () => zoom(Math.max(READABLE, whole())),
    /** Marks a state, and brings it into view. */
    show(path: string) {
      for (const box of picture.querySelectorAll<SVGElement>('[data-state]')) {
        const isShown = box.dataset.state === path
        box.classList.toggle('active', isShown)
        if (isShown) box.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      }
    },
  }
}

function middleOf(node: HTMLElement): [x: number, y: number] {
  return [node.scrollLeft + node.clientWidth / 2, node.scrollTop + node.clientHeight / 2]
}

function dragToScroll(scroll: HTMLElement): void {
  scroll.addEventListener('pointerdown', ({ pointerType, button: pressed, pointerId }) => {
    if (pointerType !== 'mouse' || pressed !== 0) return
    scroll.setPointerCapture(pointerId)
    scroll.classList.add('dragged')
  })
  scroll.addEventListener('pointermove', ({ movementX, movementY }) => {
    if (scroll.classList.contains('dragged')) scroll.scrollBy(-movementX, -movementY)
  })
  for (const end of ['pointerup', 'pointercancel']) {
    scroll.addEventListener(end, () => scroll.classList.remove('dragged'))
  }
}
