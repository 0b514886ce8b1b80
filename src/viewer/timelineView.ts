import type { FlowEvent, TransitionTaken } from '../events/flowEvent.ts'
import { formatElapsed } from '../text/formatAmount.ts'
import { button, element, setText } from './element.ts'

interface Moves {
  /** Shows the run as it was in this step. */
  go(step: number): void
  /** Follows the run. */
  follow(): void
  play(): void
}

interface Position {
  transitions: readonly TransitionTaken[]
  startedAt: number
  /** The step shown. */
  step: number
  isFollowing: boolean
  isPlaying: boolean
}

/** Every transition with its time; a click goes back to it. */
export function createTimelineView(moves: Moves) {
  const list = element('ol', { class: 'steps' })
  const steps: { button: HTMLButtonElement; sequence: number }[] = []
  let at = 0
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
    { class: 'timeline panel' },
    element('h3', {}, 'Timeline'),
    controls,
    list,
  )
  list.addEventListener('keydown', (event) => {
    const moved = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
    if (moved === undefined) return
    event.preventDefault()
    const from = steps.findIndex(({ button: step }) => step === event.target)
    const to = Math.min(steps.length - 1, Math.max(0, from + moved))
    moves.go(to)
    steps[to]?.button.focus()
  })

  const makeStep = (transition: TransitionTaken, index: number, startedAt: number) => {
    const { from, to, event, at: time, sequence } = transition
    const made = button('', {}, () => moves.go(index))
    made.append(
      element('span', { class: 'time' }, `+${formatElapsed(time - startedAt)}`),
      element('span', { class: 'to' }, to),
      element('span', { class: 'event' }, from === undefined ? 'begins' : event),
    )
    list.append(element('li', {}, made))
    steps.push({ button: made, sequence })
  }

  return {
    node,
    update({ transitions, startedAt, step, isFollowing, isPlaying }: Position) {
      at = step
      // The run is another one when the steps differ from those that were drawn.
      const isOther = steps.some(({ sequence }, index) => transitions[index]?.sequence !== sequence)
      if (isOther) {
        list.replaceChildren()
        steps.length = 0
      }
      for (let index = steps.length; index < transitions.length; index++) {
        const transition = transitions[index]
        if (transition) makeStep(transition, index, startedAt)
      }
      for (const [index, { button: shown }] of steps.entries()) {
        if (index === step) shown.setAttribute('aria-current', 'step')
        else shown.removeAttribute('aria-current')
        shown.classList.toggle('later', index > step)
      }
      back.disabled = step <= 0
      next.disabled = step >= transitions.length - 1
      live.disabled = isFollowing
      play.disabled = transitions.length < 2
      setText(play, isPlaying ? 'Pause' : 'Play')
    },
  }
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
