import { isDeepStrictEqual } from 'node:util'
import type { Test } from 'uvu'
import * as assert from 'uvu/assert'
import type { InstallEvent } from '../../machines/plugin-install/events.ts'
import { pluginInstallMachine } from '../../machines/plugin-install/pluginInstallMachine.ts'
import { statePath } from '../../machines/statePath.ts'
import { type ChartEdge, chartEdge, chartEdges } from '../../src/chart/chart.ts'
import { assertActionsSeen } from './actionsSeen.ts'
import { type Snapshot, send } from './chart.ts'

/**
 * A test of one transition. The title is the transition itself, as the chart has it now: one that
 * moved, lost its guard or is no longer taken fails here by its name. Each action of the transition
 * has to change something here, and `check` has to fail without it, as without each entry and exit.
 */
export function edge(
  test: Test,
  title: string,
  from: Snapshot,
  event: InstallEvent,
  check: (next: Snapshot) => void = () => {},
): void {
  test(title, () => {
    const taken = pluginInstallMachine.getTransitionData(from, event).map(chartEdge)
    assert.equal(taken.map(label), [title])
    const next = send(from, event)
    const target = (taken[0]?.target ?? statePath(from.value)).split('.')
    assert.equal(statePath(next.value).split('.').slice(0, target.length), target)
    const checkAll = (result: Snapshot) => {
      checkOutcome(from, event, result)
      check(result)
    }
    checkAll(next)
    assertActionsSeen(from, event, checkAll)
  })
}

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

/** Every transition of the chart by its title. */
export function listEdges(): string[] {
  return chartEdges(pluginInstallMachine).map(label)
}

/** `pulling.streaming · error(pluginPull) [mayReauth] → reauth`. */
export function label({ source, target, event, guard }: ChartEdge): string {
  const condition = guard === undefined ? '' : ` [${guard}]`
  return `${source} · ${event}${condition} → ${target ?? `${source} (stays)`}`
}
