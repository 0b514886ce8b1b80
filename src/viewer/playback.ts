import type { FlowEvent } from '../events/flowEvent.ts'

interface Played {
  events(): readonly FlowEvent[]
  /** Shows the run after this many events; all of it for undefined. */
  show(count: number | undefined): void
}

/** People took their time; nobody waits that long again. */
const LONGEST_PAUSE_MS = 1_200
const SHORTEST_PAUSE_MS = 60

/** Plays a run again, in its own time. */
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
