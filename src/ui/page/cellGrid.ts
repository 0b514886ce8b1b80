import type { TargetRow } from '../../rollout/followRollout.ts'

/** Side of the largest cell, and of the smallest, with the gap behind it. */
const LARGEST = 22
const SMALLEST = 3
const FAINT = 0.12

export interface CellGridOptions {
  rows(): readonly TargetRow[]
  /** Whether a target is one of those that the filter leaves. */
  isShown(row: TargetRow): boolean
  /** Of a cell in this state. */
  colorOf(state: TargetRow['state']): string
  open(row: TargetRow): void
  /** The target that the pointer is at. */
  pointed(row: TargetRow | undefined): void
}

/**
 * Draws a cell for each target, in the order of the plan, in the room that its parent has. It is a picture: the table has the same
 * targets for the keyboard.
 */
export function createCellGrid(canvas: HTMLCanvasElement, options: CellGridOptions) {
  const { rows, isShown, colorOf, open, pointed } = options
  const context = canvas.getContext('2d')
  let columns = 1
  /** In pixels of the device. */
  let pitch = LARGEST
  let selected: number | undefined
  /** The colour that is set. */
  let last = ''

  function draw(changed: readonly TargetRow[] = rows()): void {
    if (!context) return
    const gap = pitch > 3 * devicePixelRatio ? Math.ceil(pitch / 8) : 1
    const side = pitch - gap
    const isWhole = changed.length === rows().length
    if (isWhole) context.clearRect(0, 0, canvas.width, canvas.height)
    for (const row of changed) {
      const left = (row.index % columns) * pitch
      const top = Math.floor(row.index / columns) * pitch
      if (!isWhole) context.clearRect(left, top, pitch, pitch)
      const alpha = isShown(row) ? 1 : FAINT
      // Setting it to the same costs as much as drawing the cell.
      if (context.globalAlpha !== alpha) context.globalAlpha = alpha
      const color = colorOf(row.state)
      if (color !== last) context.fillStyle = last = color
      context.fillRect(left, top, side, side)
      if (row.index !== selected) continue
      context.strokeStyle = getComputedStyle(canvas).color
      context.lineWidth = gap
      context.strokeRect(left + gap / 2, top + gap / 2, side, side)
    }
  }
  /** Takes the largest cells with which all fit into the height that the style allows. */
  function layOut(): void {
    const { length } = rows()
    const { clientWidth } = canvas.parentElement ?? canvas
    if (length === 0 || clientWidth === 0) return
    const most = Number.parseFloat(getComputedStyle(canvas).maxHeight)
    let side = LARGEST
    const across = () => Math.max(1, Math.floor(clientWidth / side))
    while (side > SMALLEST && Math.ceil(length / across()) * side > most) side -= 1
    columns = across()
    const height = Math.ceil(length / columns) * side
    pitch = Math.round(side * devicePixelRatio)
    last = ''
    canvas.width = columns * pitch
    canvas.height = Math.ceil(length / columns) * pitch
    canvas.style.width = `${columns * side}px`
    canvas.style.height = `${height}px`
    draw()
  }
  const rowAt = ({ offsetX, offsetY }: MouseEvent): TargetRow | undefined => {
    const scale = canvas.width / canvas.clientWidth / pitch
    const column = Math.floor(offsetX * scale)
    const line = Math.floor(offsetY * scale)
    return column < columns ? rows()[line * columns + column] : undefined
  }
  canvas.addEventListener('click', (event) => {
    const row = rowAt(event)
    if (row) open(row)
  })
  canvas.addEventListener('pointermove', (event) => pointed(rowAt(event)))
  canvas.addEventListener('pointerleave', () => pointed(undefined))
  new ResizeObserver(layOut).observe(canvas.parentElement ?? canvas)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw())
  return {
    layOut,
    draw,
    select(index: number | undefined) {
      const before = rows()[selected ?? -1]
      selected = index
      draw([before, rows()[index ?? -1]].filter((row) => row !== undefined))
    },
  }
}
