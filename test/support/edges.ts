import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { statePath } from '../../machines/statePath.ts'
import type { Snapshot } from './chart.ts'
import { edgeTests } from './edgeTests.ts'

export const { edge, listEdges } = edgeTests(pluginInstallMachine, checkOutcome)

/** Of every transition: a failure names its state and its cause, and an answer ends the question. */
function checkOutcome(
  from: Snapshot,
  { type }: InstallEvent,
  { value, context, output }: Snapshot,
) {
  const { failure, asksPerson } = context
  if (value === 'rollingBack' || value === 'rolledBack') {
    const state = from.context.failure?.state ?? statePath(from.value).split('.')[0]
    assert.is(failure?.state, state)
    if (type === 'install.cancel') assert.is(failure?.code, 'cancelled')
    if (type.startsWith('xstate.after.') && !from.context.failure) {
      assert.is(failure?.code, 'timed-out')
    }
  }
  if (value === 'rolledBack' || value === 'done') assert.is(output?.state, value)
  if (!isDeepStrictEqual(value, from.value)) assert.not(asksPerson, 'it still waits for a person')
}

/** The same for a transition that needs no event: taken at the start of a run with this input. */
export function eventless(
  test: Test,
  title: string,
  start: Snapshot,
  check: (start: Snapshot) => void,
): void {
  test(title, () => {
    assert.ok(listEdges().includes(title))
    assert.is(statePath(start.value), title.split(' → ')[1])
    check(start)
  })
}
