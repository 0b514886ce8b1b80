import type { Failure } from '../../../machines/errors.ts'
import { makeFailure } from '../../../machines/failure.ts'
import { failed } from '../../../machines/plugin-install/rollbackReport.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { InstallOutput, RollbackReport } from '../../../machines/plugin-install/types.ts'
import { oneLine } from '../../../machines/text.ts'
import { differenceLines } from '../../privileges/privilegeText.ts'
import { inOrder, visible } from '../../text/visible.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type Paint, plain } from '../paint.ts'
import type { Interrupt } from '../processIo.ts'
import type { RunOutcome } from '../views/view.ts'

/** How a flow ended. Rethrows an error that is not a failure of the flow. */
export async function outcomeOf<Outcome>(flow: {
  result: Promise<unknown>
  snapshot(): { outcome?: Outcome }
}): Promise<Outcome> {
  const [ended] = await Promise.allSettled([flow.result])
  const { outcome } = flow.snapshot()
  if (outcome) return outcome
  throw ended.status === 'rejected' ? ended.reason : new Error('the flow ended without an outcome')
}

/**
 * The facts about an install that is left before it has ended.
 *
 * @param recorded ID of its run in the journal
 */
export function outcomeWhenLeft(
  { outcome, name, input, state, run }: InstallSnapshot,
  embedded: boolean,
  recorded?: string,
): InstallOutput {
  if (outcome) return outcome
  const { ownership, enableRequested, id, failure } = run
  const plugin = { name: name ?? input.reference, enableRequested }
  const isGone = embedded || ownership === 'nothing'
  const left = failed(plugin, 'this command ended before the rollback was complete', id)
  const command = recorded === undefined ? {} : { command: `plugin-flow rollback ${recorded}` }
  return {
    state: 'rolledBack',
    failure: failure ?? makeFailure('cancelled', state),
    rollback: isGone ? { result: 'nothingToRemove' } : { ...left, ...command },
  }
}

const USAGE_CODES = ['invalid-reference', 'invalid-setting', 'invalid-option']

/** 0 done as asked, 1 taken back or stranded, 2 wrong usage, 128 plus the number of the signal that ended it. */
export function exitCode(
  outcome: RunOutcome,
  interrupt: Interrupt | undefined,
  rollBack = false,
): number {
  if (outcome.state === 'done' || (rollBack && isTakenBack(outcome))) return 0
  if (interrupt) return interrupt.exitCode
  if (outcome.state === 'stranded') return 1
  return USAGE_CODES.includes(outcome.failure.code) ? 2 : 1
}

/** True if nothing of the run is on the engine any more. */
function isTakenBack(outcome: RunOutcome): boolean {
  if (outcome.state !== 'rolledBack') return false
  if (!('rollback' in outcome)) return true
  return ['removed', 'nothingToRemove'].includes(outcome.rollback.result)
}

/** Lines for a person about the end of an install, for `stdout` and for `stderr`, in the colours of each. */
export function outcomeLines(
  outcome: InstallOutput,
  engine: EngineSelection & { rollBack?: boolean },
  { stdout, stderr }: Painted = WITHOUT_COLOURS,
): { stdout: string[]; stderr: string[] } {
  if (outcome.state === 'done') {
    const { name, id, enabled, changed } = outcome.plugin
    const what = `(${visible(id.slice(0, 12))}, ${enabled ? 'enabled' : 'disabled'})`
    const line = changed
      ? `${stdout.paint('done', 'installed')} ${visible(name)} ${what}`
      : `${visible(name)} is installed already ${what}: nothing was changed`
    return { stdout: [line], stderr: [] }
  }
  const { failure, rollback } = outcome
  if (engine.rollBack && isTakenBack(outcome)) {
    const what = 'name' in rollback ? `${visible(rollback.name)} was removed` : 'nothing was left'
    return { stdout: [`${stdout.paint('done', 'rolled back:')} ${what}`], stderr: [] }
  }
  return { stdout: [], stderr: failureLines(failure, [describeRollback(rollback, engine)], stderr) }
}

/** Lines about a failure, and what is on the engine now. */
export function failureLines(
  failure: Failure,
  onTheEngine: readonly string[],
  { paint }: Painted['stderr'],
): string[] {
  return [
    `${paint('failed', 'plugin-flow:')} ${paint('strong', inOrder(failure.message))}`,
    ...differenceLines(failure.difference).map(({ sign, text }) =>
      paint(sign === '+' ? 'failed' : 'quiet', `  ${sign} ${visible(text)}`),
    ),
    `${paint('strong', 'what to do:')} ${inOrder(failure.next)}`,
    ...onTheEngine.map((line) => `${paint('strong', 'on the engine:')} ${visible(line)}`),
    ...unsaid(failure).map((words) => `${paint('strong', 'the engine said:')} ${inOrder(words)}`),
  ]
}

/** Where lines are written, with the colours of each. */
export type Painted = Readonly<Record<'stdout' | 'stderr', { paint: Paint }>>

export const WITHOUT_COLOURS: Painted = { stdout: { paint: plain }, stderr: { paint: plain } }

/** The words of the engine, where the message does not end in them. */
function unsaid({ message, engineMessage = '' }: Failure): string[] {
  const words = oneLine(engineMessage)
  return words === '' || message.includes(words.slice(-80)) ? [] : [words]
}

function describeRollback(rollback: RollbackReport, engine: EngineSelection): string {
  switch (rollback.result) {
    case 'nothingToRemove':
      return 'nothing was installed'
    case 'removed':
      return `${rollback.name} was removed again`
    case 'kept': {
      const state = rollback.enabled ? 'enabled' : 'disabled'
      return `${rollback.name} was kept, ${state}; to remove it: ${onEngine(rollback.command, engine)}`
    }
    case 'failed':
      return `${rollback.name} may be left (${inOrder(rollback.reason)}); to remove it: ${onEngine(rollback.command, engine)}`
  }
}

/** A command that mends something, as one of this program with the options of its engine. */
export function onEngine(command: string, { host, context, tls, proxy }: EngineSelection): string {
  const options = Object.entries({ host, context, ...tls, proxy }).map(([name, value]) => {
    if (value === undefined || value === false) return ''
    return `--${name} ${value === true ? '' : `${quoted(value)} `}`
  })
  return command.replace(
    /^(?:docker plugin|plugin-flow) (?!rollback|resume)(\w+) /,
    (_, verb) => `plugin-flow ${verb} ${options.join('')}`,
  )
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
