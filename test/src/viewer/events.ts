import type { Progress } from '../../../machines/progress.ts'
import type { FlowEvent } from '../../../src/events/flowEvent.ts'

/** A step of a run; numbers and times follow the place in the list. */
export function transition(sequence: number, to: string, from?: string): FlowEvent {
  const began = from === undefined ? {} : { from }
  return { type: 'transition', sequence, at: sequence * 1_000, ...began, to, event: `to ${to}` }
}

export function progress(sequence: number, at: number, layers = 1): FlowEvent {
  const layer = { phase: 'downloading', current: sequence, extracted: 0 } as const
  const made: Progress = {
    layers: Array.from({ length: layers }, (_, index) => ({ ...layer, id: `layer ${index}` })),
    current: sequence,
    bytesPerSecond: 0,
  }
  return { type: 'progress', sequence, at, progress: made }
}
