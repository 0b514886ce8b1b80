import type { ChartLayout } from '../chart/chartLayout.ts'
import { drawChart } from '../chart/drawChart.ts'
import { button, element, svgElement } from './element.ts'

const STEP = 1.25
const SMALLEST = 0.05
const LARGEST = 4
/** The smallest scale at which texts at arrows can be read, and the largest that a picture is given by itself. */
const READABLE = 1
const COMFORTABLE = 1.4
/** Of the texts at arrows: in the picture and, at least, on the screen. */
const LABEL_SIZE = 12

/** A picture to scroll and zoom in. It is as large as there is room for, and never so small that it cannot be read. */
export function createChartCanvas() {
  const scroll = element('div', {
    class: 'scroll',
    role: 'group',
    tabindex: 0,
    'aria-label': 'The picture: arrows move it, + and - zoom, 0 fits it',
  })
  let layout: ChartLayout | undefined
  let picture: SVGElement | undefined
  let scale = 1
  /** How the scale follows the room; a person's own scale stays. */
  let mode: 'readable' | 'whole' | 'own' = 'readable'
  let middle = ''

  /** Keeps the middle of the view where it is. */
  const zoom = (to: number) => {
    if (!layout || !picture) return
    const { width, height } = layout.picture
    const next = Math.min(LARGEST, Math.max(SMALLEST, to))
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = scroll
    picture.setAttribute('width', String(width * next))
    picture.setAttribute('height', String(height * next))
    // Names at arrows that would be too small are larger, and fewer.
    picture.classList.toggle('small', next < 1)
    picture.style.setProperty('--label', `${LABEL_SIZE / Math.min(1, next)}px`)
    const kept = (at: number, room: number) => ((at + room / 2) * next) / scale - room / 2
    scroll.scrollTo({
      left: kept(scrollLeft, clientWidth),
      top: kept(scrollTop, clientHeight),
    })
    scale = next
  }
  const zoomBy = (factor: number) => {
    mode = 'own'
    zoom(scale * factor)
  }
  const fit = () => {
    if (mode === 'own' || !layout || scroll.clientWidth === 0) return
    const { width, height } = layout.picture
    const whole = Math.min(COMFORTABLE, scroll.clientWidth / width, scroll.clientHeight / height)
    zoom(mode === 'whole' ? whole : Math.max(READABLE, whole))
    center()
  }
  const showWhole = () => {
    mode = 'whole'
    fit()
  }
  const center = () => {
    const index = layout?.states.findIndex(({ path }) => path === middle) ?? -1
    const [x = 0, y = 0, width = 0, height = 0] = layout?.picture.boxes[index] ?? []
    scroll.scrollTo({
      left: (x + width / 2) * scale - scroll.clientWidth / 2,
      top: (y + height / 2) * scale - scroll.clientHeight / 2,
    })
  }
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoomBy(STEP),
    '-': () => zoomBy(1 / STEP),
    '0': showWhole,
  }
  scroll.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
    if (!ctrlKey && !metaKey && !altKey && Object.hasOwn(keys, key)) keys[key]?.()
  })
  zoomByGesture(scroll, zoomBy)
  dragToScroll(scroll)
  const observer = new ResizeObserver(fit)
  observer.observe(scroll)
  const controls = element(
    'div',
    { class: 'controls zoom', role: 'group', 'aria-label': 'Zoom' },
    button('+', { class: 'small', 'aria-label': 'Zoom in' }, () => zoomBy(STEP)),
    button('−', { class: 'small', 'aria-label': 'Zoom out' }, () => zoomBy(1 / STEP)),
    button('Fit', { class: 'small' }, showWhole),
  )

  const node = element('div', { class: 'canvas' }, scroll, controls)

  return {
    node,
    /** Shows another chart. */
    draw(next: ChartLayout, name: string): SVGElement {
      layout = next
      scale = 1
      picture = svgElement(drawChart(next, name))
      picture.classList.add('picture')
      scroll.replaceChildren(picture)
      node.style.setProperty('--natural', `${next.picture.height}px`)
      fit()
      return picture
    },
    /** Brings a state into the middle of the view. */
    show(path: string) {
      middle = path
      center()
    },
  }
}

/** The wheel with Ctrl, as which browsers also report a pinch on a touchpad, and two fingers on a screen. */
function zoomByGesture(scroll: HTMLElement, zoomBy: (factor: number) => void): void {
  scroll.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey) return
      event.preventDefault()
      zoomBy(STEP ** Math.min(1, Math.max(-1, event.deltaY / -50)))
    },
    { passive: false },
  )
  let apart = 0
  scroll.addEventListener(
    'touchmove',
    (event) => {
      const [one, other] = event.touches
      if (!one || !other) return
      event.preventDefault()
      const next = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
      if (apart > 0) zoomBy(next / apart)
      apart = next
    },
    { passive: false },
  )
  scroll.addEventListener('touchstart', () => {
    apart = 0
  })
}

function dragToScroll(scroll: HTMLElement): void {
  scroll.addEventListener('pointermove', ({ pointerType, buttons, movementX, movementY }) => {
    if (pointerType === 'mouse' && buttons === 1) scroll.scrollBy(-movementX, -movementY)
  })
}
