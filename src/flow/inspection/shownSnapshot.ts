import type { Snapshot, SnapshotFrom } from 'xstate'
import type { pluginInstallMachine } from '../../../machines/plugin-install/pluginInstallMachine.ts'
import { shownContext, shownOutput } from './shownContext.ts'
import { shownError } from './shownEvent.ts'

type FlowSnapshot = SnapshotFrom<typeof pluginInstallMachine>

/**
 * What an inspector gets to see of a snapshot. Of the actors that a flow invokes that is whether
 * they run, and how they ended: their input and output stay hidden. An actor is told of before it
 * has one.
 */
export function shownSnapshot(snapshot: Snapshot<unknown> | undefined): Snapshot<unknown> {
  const { status, error } = snapshot ?? { status: 'active' }
  const shown = { status, error: status === 'error' ? shownError(error) : undefined }
  const flow = isFlowSnapshot(snapshot) ? shownFlow(snapshot) : { output: undefined }
  return { ...shown, ...flow } as Snapshot<unknown>
}

/** Only the flow itself has a context. */
function isFlowSnapshot(snapshot: Snapshot<unknown> | undefined): snapshot is FlowSnapshot {
  return snapshot !== undefined && 'context' in snapshot
}

function shownFlow({ value, tags, context, output }: FlowSnapshot) {
  return {
    value: structuredClone(value),
    tags: [...tags],
    context: shownContext(context),
    output: output && shownOutput(output),
  }
}
