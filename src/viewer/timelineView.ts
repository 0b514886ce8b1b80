import type { ChartLayout } from '../chart/chartLayout.ts'
import type { FlowEvent } from '../events/flowEvent.ts'
import { formatElapsed } from '../text/formatAmount.ts'
import { button, element, setText } from './element.ts'
import { meaningOf, type Visit } from './runAt.ts'

interface Moves {
  /** Shows the run as it was in this step. */
  go(step: number): void
  /** Follows the run. */
  follow(): void
  play(): void
}

interface Position {
  visits: readonly Visit[]
  /** The chart that says what the steps mean. */
  layout: ChartLayout | undefined
  startedAt: number
  /** Until when the bars reach. */
  now: number
  /** The step shown. */
  step: number
  isFollowing: boolean
  isPlaying: boolean
}

/** Every state that was entered, with what led there, when and for how long; a click goes back to it. */
export function createTimelineView(moves: Moves) {
  const steps = element('ol', { class: 'steps' })
  const list = element('div', { class: 'list' }, steps)
  const rows: { button: HTMLButtonElement; sequence: number; update: UpdateRow }[] = []
  let at = 0
  const showCurrent = () => bringIntoView(list, rows[at]?.button)
  new ResizeObserver(showCurrent).observe(list)
  const back = button('Back', { class: 'small' }, () => moves.go(at - 1))
  const next = button('Next', { class: 'small' }, () => moves.go(at + 1))
  const live = button('Latest', { class: 'small' }, moves.follow)
  const play = button('Play', { class: 'small' }, moves.play)
  const controls = element(
    'div',
    { class: 'controls', role: 'group', 'aria-label': 'Time travel' },
    back,
    next,
    live,
    play,
  )
  const node = element(
    'section',
    { class: 'timeline panel', part: 'timeline' },
    element('div', { class: 'line' }, element('h3', {}, 'Timeline'), controls),
    list,
  )
  steps.addEventListener('keydown', (event) => {
    const moved = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
    if (moved === undefined) return
    event.preventDefault()
    const from = rows.findIndex(({ button: step }) => step === event.target)
    const to = Math.min(rows.length - 1, Math.max(0, from + moved))
    moves.go(to)
    rows[to]?.button.focus()
  })

  return {
    node,
    list,
    update({ visits, layout, startedAt, now, step, isFollowing, isPlaying }: Position) {
      // The run is another one when the steps differ from those that were drawn.
      const isOther = rows.some(
        ({ sequence }, index) => visits[index]?.transition.sequence !== sequence,
      )
      if (isOther) {
        steps.replaceChildren()
        rows.length = 0
      }
      const isShown = at === step && rows[step]?.button.ariaCurrent === 'step'
      for (const [index, visit] of visits.entries()) {
        if (rows[index]) continue
        const row = createRow(visit, layout, () => moves.go(index))
        steps.append(element('li', {}, row.button))
        rows.push({ ...row, sequence: visit.transition.sequence })
      }
      for (const [index, { button: row, update }] of rows.entries()) {
        row.ariaCurrent = index === step ? 'step' : null
        row.classList.toggle('later', index > step)
        const visit = visits[index]
        if (visit) update(visit, startedAt, now)
      }
      at = step
      if (!isShown) showCurrent()
      back.disabled = step <= 0
      next.disabled = step >= visits.length - 1
      live.disabled = isFollowing
      play.disabled = visits.length < 2
      setText(play, isPlaying ? 'Pause' : 'Play')
    },
  }
}

type UpdateRow = (visit: Visit, startedAt: number, now: number) => void

function createRow(
  { transition }: Visit,
  layout: ChartLayout | undefined,
  go: () => void,
): { button: HTMLButtonElement; update: UpdateRow } {
  const { from, to, event, at } = transition
  const meaning = layout ? meaningOf(layout, transition) : event
  const time = element('span', { class: 'time' })
  const took = element('span', { class: 'took' })
  const retries = element('span', { class: 'retries' })
  const fill = element('span', { class: 'fill' })
  const row = button('', {}, go)
  row.append(
    element('span', { class: 'to' }, to),
    took,
    element(
      'span',
      { class: 'event' },
      from === undefined ? 'begins' : meaning,
      from !== undefined && meaning !== event && element('code', {}, event),
    ),
    time,
    retries,
    element('span', { class: 'track' }, fill),
  )
  return {
    button: row,
    update({ left, retries: tried, ignored }, startedAt, now) {
      const until = Math.max(at, left ?? now)
      const whole = Math.max(1, now - startedAt)
      setText(took, formatElapsed(until - at))
      const entered = `+${formatElapsed(at - startedAt)}`
      setText(
        time,
        left === undefined ? entered : `${entered} to +${formatElapsed(left - startedAt)}`,
      )
      const last = tried.at(-1)
      const news = ignored.map((each) => `${each} ignored`)
      if (last) news.unshift(`tried again ${tried.length} × after ${last.code}`)
      setText(retries, news.join(', '))
      fill.style.left = `${((at - startedAt) / whole) * 100}%`
      fill.style.width = `${((until - at) / whole) * 100}%`
    },
  }
}

/** Scrolls the list and nothing around it. */
function bringIntoView(list: HTMLElement, row: HTMLElement | undefined): void {
  if (!row) return
  const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()]
  if (inner.top < outer.top) list.scrollTop += inner.top - outer.top
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom
}

interface Played {
  events(): readonly FlowEvent[]
  /** Shows the run after this many events; all of it when `undefined`. */
  show(count: number | undefined): void
}

/** A person's pause is not waited for again. */
const LONGEST_PAUSE_MS = 1_200
const SHORTEST_PAUSE_MS = 60

/** Plays a run again at its own pace, with shorter pauses. */
export function createPlayback({ events, show }: Played) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const step = (count: number) => {
    timer = undefined
    const all = events()
    if (count >= all.length) return show(undefined)
    const gap = (all[count]?.at ?? 0) - (all[count - 1]?.at ?? 0)
    timer = setTimeout(
      () => step(count + 1),
      Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, gap)),
    )
    show(count)
  }
  return {
    isPlaying: () => timer !== undefined,
    start: (count: number) => step(Math.max(1, count)),
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
