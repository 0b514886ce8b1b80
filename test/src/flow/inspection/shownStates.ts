import type { StateValue } from 'xstate'
import { statePath } from '../../../../machines/statePath.ts'

interface Shown {
  type: string
  snapshot?: { value?: StateValue }
}

/** The states that an inspector of one actor was shown, in their order. */
export function shownStates(events: readonly object[]): string[] {
  const values = (events as readonly Shown[]).flatMap(({ type, snapshot }) =>
    type === '@xstate.snapshot' && snapshot?.value ? [statePath(snapshot.value)] : [],
  )
  return values.filter((state, index) => state !== values[index - 1])
}
