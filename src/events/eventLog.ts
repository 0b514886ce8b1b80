import type { FlowEvent } from './flowEvent.ts'

/** Layers in all the progress that is kept. */
const MOST_LAYERS = 20_000
const FIRST_SPACING_MS = 250

export type EventLog = ReturnType<typeof createEventLog>

/**
 * The events of one run, in their order. Keeps every event but progress, of which it keeps the newest, and enough of the older for a run to
 * be played again: memory stays bounded however fast and long a pull reports progress.
 */
export function createEventLog() {
  let events: FlowEvent[] = []
  let spacing = FIRST_SPACING_MS
  let layers = 0

  const dropIfTooNear = () => {
    const [before, last] = events.slice(-2)
    const isNear = before?.type === 'progress' && last?.type === 'progress'
    if (!isNear || last.at - before.at >= spacing) return
    events.pop()
    layers -= weight(last)
  }
  const thin = () => {
    spacing *= 2
    let odd = false
    events = events.filter((event, index) => {
      if (event.type !== 'progress' || events[index + 1]?.type !== 'progress') return true
      odd = !odd
      return odd
    })
    layers = events.reduce((sum, event) => sum + weight(event), 0)
  }

  return {
    get events(): readonly FlowEvent[] {
      return events
    },
    /** `false` when the event was added before; it is ignored then. */
    add(event: FlowEvent): boolean {
      if (event.sequence <= (events.at(-1)?.sequence ?? 0)) return false
      if (event.type === 'progress') dropIfTooNear()
      events.push(event)
      layers += weight(event)
      if (layers > MOST_LAYERS) thin()
      return true
    },
    /** The first event after this number. */
    after(sequence: number): FlowEvent | undefined {
      let index = events.length
      while (index > 0 && (events[index - 1]?.sequence ?? 0) > sequence) index--
      return events[index]
    },
  }
}

function weight(event: FlowEvent): number {
  return event.type === 'progress' ? event.progress.layers.length + 1 : 0
}
