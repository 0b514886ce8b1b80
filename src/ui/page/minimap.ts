import type { ChartLayout } from '../../chart/chartLayout.ts'
import { svgElement } from '../../viewer/element.ts'

const WIDTH = 170
const HEIGHT = 130

/**
 * The whole picture in a corner, with the part that is in view. A click moves the picture there. It is hidden
 * where all is in view, and from screen readers: the keys of the picture do the same.
 */
export function createMinimap(canvas: HTMLElement) {
  const scroll = canvas.querySelector<HTMLElement>('.scroll') ?? canvas
  const part = svgElement({ tag: 'rect', attributes: { class: 'part' }, children: [] })
  let map: SVGElement | undefined
  let layout: ChartLayout | undefined

  const places = () => {
    const picture = scroll.querySelector('.picture')?.getBoundingClientRect()
    const view = scroll.getBoundingClientRect()
    return picture && picture.width > 0 && { picture, view }
  }
  const update = () => {
    const found = places()
    if (!map || !layout || !found) return
    const { picture, view } = found
    // A fitted picture is as large as its room, but for what is rounded.
    const isWhole = picture.width <= view.width + 1 && picture.height <= view.height + 1
    map.classList.toggle('whole', isWhole)
    const scale = layout.picture.width / picture.width
    part.setAttribute('x', String((view.left - picture.left) * scale))
    part.setAttribute('y', String((view.top - picture.top) * scale))
    part.setAttribute('width', String(view.width * scale))
    part.setAttribute('height', String(view.height * scale))
  }
  const moveTo = ({ clientX, clientY }: MouseEvent) => {
    const found = places()
    if (!map || !found) return
    const { picture, view } = found
    const { left, top, width, height } = map.getBoundingClientRect()
    scroll.scrollBy({
      left: picture.left + ((clientX - left) / width) * picture.width - view.left - view.width / 2,
      top: picture.top + ((clientY - top) / height) * picture.height - view.top - view.height / 2,
    })
  }
  scroll.addEventListener('scroll', update)
  const observer = new ResizeObserver(update)
  observer.observe(scroll)

  return {
    draw(next: ChartLayout): void {
      layout = next
      const { width, height, boxes } = next.picture
      const scale = Math.min(WIDTH / width, HEIGHT / height)
      map?.remove()
      map = svgElement({
        tag: 'svg',
        attributes: {
          class: 'minimap',
          viewBox: `0 0 ${width} ${height}`,
          width: width * scale,
          height: height * scale,
          'aria-hidden': 'true',
        },
        children: boxes.map(([x = 0, y = 0, w = 0, h = 0]) => ({
          tag: 'rect',
          attributes: { x, y, width: w, height: h },
          children: [],
        })),
      })
      map.append(part)
      map.addEventListener('click', moveTo)
      canvas.append(map)
      observer.disconnect()
      observer.observe(scroll)
      const picture = scroll.querySelector('.picture')
      if (picture) observer.observe(picture)
      update()
    },
  }
}
