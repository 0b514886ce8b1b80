import type { TargetRow } from '../../rollout/followRollout.ts'
import { element, setText } from '../../viewer/element.ts'

/** Rows that are drawn above and below those in view. */
const BEYOND = 6

/** The keys that go to another row, and how far: `Infinity` to the end. */
const KEYS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  End: Number.POSITIVE_INFINITY,
  Home: Number.NEGATIVE_INFINITY,
}

export interface TargetTableOptions {
  addressOf(row: TargetRow): string
  wordOf(state: TargetRow['state']): string
}

/** A table of any number of targets, of which only the rows in view are elements. */
export function createTargetTable(place: HTMLElement, options: TargetTableOptions) {
  const body = element('div', { class: 'body', role: 'rowgroup' })
  const head = element(
    'div',
    { class: 'target head', role: 'row', 'aria-rowindex': 1 },
    ...['Target', 'State', 'Zone', 'Message'].map((title) =>
      element('span', { role: 'columnheader' }, title),
    ),
  )
  const view = element('div', { class: 'view' }, body)
  place.role = 'table'
  place.ariaLabel = 'Targets'
  place.append(element('div', { role: 'rowgroup' }, head), view)
  const lines: Line[] = []
  let rows: readonly TargetRow[] = []
  /** The row that the keyboard is at. */
  let active = 0
  let selected: number | undefined

  const heightOfRow = () => Number.parseFloat(getComputedStyle(place).getPropertyValue('--row'))

  function draw(): void {
    const height = heightOfRow()
    body.style.height = `${rows.length * height}px`
    const first = Math.max(0, Math.floor(view.scrollTop / height) - BEYOND)
    const count = Math.ceil(view.clientHeight / height) + 2 * BEYOND
    const last = Math.min(rows.length, first + count)
    active = Math.min(Math.max(active, 0), Math.max(0, rows.length - 1))
    while (lines.length < count) {
      const line = createLine(options)
      lines.push(line)
      body.append(line.node)
    }
    // The row that the keyboard is at has to be one of those that are drawn.
    const isNear = active >= first && active < last
    if (!isNear) active = Math.min(first + BEYOND, Math.max(0, last - 1))
    for (const [offset, line] of lines.entries()) {
      // A row keeps its element while it stays in view.
      const turn = Math.floor((first - offset + lines.length - 1) / lines.length)
      const position = offset + turn * lines.length
      const row = position < last ? rows[position] : undefined
      line.node.hidden = row === undefined
      if (!row) continue
      line.node.style.top = `${position * height}px`
      line.node.ariaRowIndex = String(position + 2)
      line.show(row, { isActive: position === active, isSelected: row.index === selected })
    }
  }
  function go(position: number, hasFocus: boolean): void {
    active = Math.min(Math.max(position, 0), rows.length - 1)
    const height = heightOfRow()
    const top = active * height
    const { scrollTop, clientHeight } = view
    if (top < scrollTop) view.scrollTop = top
    else if (top + height > scrollTop + clientHeight) view.scrollTop = top + height - clientHeight
    draw()
    if (hasFocus) body.querySelector<HTMLElement>('a[tabindex="0"]')?.focus({ preventScroll: true })
  }
  view.addEventListener('scroll', draw)
  view.addEventListener('keydown', (event) => {
    const step = KEYS[event.key]
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    go(active + step, true)
  })
  body.addEventListener('click', (event) => {
    const row = event.target instanceof Element && event.target.closest('[role="row"]')
    const link = row ? row.querySelector('a') : undefined
    if (!row || !link) return
    active = Number(row.ariaRowIndex) - 2
    if (!(event.target instanceof HTMLAnchorElement)) link.click()
  })
  new ResizeObserver(draw).observe(view)
  return {
    show(now: readonly TargetRow[]) {
      rows = now
      place.ariaRowCount = String(now.length + 1)
      draw()
    },
    select(index: number | undefined) {
      selected = index
      const position = rows.findIndex((row) => row.index === index)
      if (position >= 0) go(position, false)
      else draw()
    },
  }
}

interface Line {
  node: HTMLElement
  show(row: TargetRow, marks: { isActive: boolean; isSelected: boolean }): void
}

function createLine({ addressOf, wordOf }: TargetTableOptions): Line {
  const link = element('a')
  const swatch = element('i', { class: 'swatch' })
  const word = element('span')
  const zone = element('span', { role: 'cell' })
  const message = element('span', { role: 'cell', class: 'message' })
  const node = element(
    'div',
    { class: 'target', role: 'row' },
    element('span', { role: 'cell' }, link),
    element('span', { role: 'cell', class: 'state' }, swatch, word),
    zone,
    message,
  )
  return {
    node,
    show(row, { isActive, isSelected }) {
      setText(link, row.target)
      link.href = addressOf(row)
      link.tabIndex = isActive ? 0 : -1
      if (isSelected) link.ariaCurrent = 'true'
      else link.removeAttribute('aria-current')
      swatch.dataset.state = row.state
      setText(word, wordOf(row.state))
      setText(zone, row.zone ?? '')
      setText(message, row.message ?? '')
    },
  }
}
