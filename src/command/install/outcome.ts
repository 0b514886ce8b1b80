import { type Failure, isEngineError } from '../../../machines/errors.ts'
import { makeFailure, toFailure } from '../../../machines/failure.ts'
import { failed } from '../../../machines/plugin-install/rollbackReport.ts'
import type { InstallOutput, RollbackReport } from '../../../machines/plugin-install/types.ts'
import { oneLine } from '../../../machines/text.ts'
import type { PluginInstall } from '../../flow/types.ts'
import { differenceLines } from '../../privileges/privilegeText.ts'
import { visible } from '../../text/visible.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type Paint, plain } from '../paint.ts'
import type { Interrupt } from '../processIo.ts'

/** How a flow ended. Rethrows an error that is not a failure of the flow. */
export async function outcomeOf(flow: PluginInstall): Promise<InstallOutput> {
  const [ended] = await Promise.allSettled([flow.result])
  const { outcome } = flow.snapshot()
  if (outcome) return outcome
  throw ended.status === 'rejected' ? ended.reason : new Error('the flow ended without an outcome')
}

/**
 * What is known of a flow that is left before it has ended.
 *
 * @param recorded ID of its run in the journal
 */
export function outcomeWhenLeft(
  flow: PluginInstall,
  embedded: boolean,
  recorded?: string,
): InstallOutput {
  const { outcome, name, input, state, run } = flow.snapshot()
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

/** Outcome of a flow that could not start because the engine or the login is invalid. */
export function outcomeOfBadStart(error: unknown): InstallOutput {
  if (!isEngineError(error)) throw error
  return {
    state: 'rolledBack',
    failure: toFailure(error, 'checkPrivileges'),
    rollback: { result: 'nothingToRemove' },
  }
}

const USAGE_CODES = ['invalid-reference', 'invalid-setting', 'invalid-option']

/** 0 done as asked, 1 taken back, 2 wrong usage, 128 plus the number of the signal that ended it. */
export function exitCode(
  outcome: InstallOutput,
  interrupt: Interrupt | undefined,
  rollBack = false,
): number {
  if (outcome.state === 'done' || (rollBack && isTakenBack(outcome))) return 0
  if (interrupt) return interrupt.exitCode
  return USAGE_CODES.includes(outcome.failure.code) ? 2 : 1
}

/** True if nothing of the run is on the engine any more. */
function isTakenBack(outcome: InstallOutput): boolean {
  return (
    outcome.state === 'rolledBack' &&
    ['removed', 'nothingToRemove'].includes(outcome.rollback.result)
  )
}

/** Lines for a person about the end of a run, for `stdout` and for `stderr`, in the colours of each. */
export function outcomeLines(
  outcome: InstallOutput,
  engine: EngineSelection & { rollBack?: boolean },
  { stdout, stderr }: Record<'stdout' | 'stderr', { paint: Paint }> = WITHOUT_COLOURS,
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
  const { paint } = stderr
  return {
    stdout: [],
    stderr: [
      `${paint('failed', 'plugin-flow:')} ${paint('strong', visible(failure.message))}`,
      ...differenceLines(failure.difference).map(({ sign, text }) =>
        paint(sign === '+' ? 'failed' : 'quiet', `  ${sign} ${visible(text)}`),
      ),
      `${paint('strong', 'what to do:')} ${visible(failure.next)}`,
      `${paint('strong', 'on the engine:')} ${visible(describeRollback(rollback, engine))}`,
      ...unsaid(failure).map((words) => `${paint('strong', 'the engine said:')} ${visible(words)}`),
    ],
  }
}

const WITHOUT_COLOURS = { stdout: { paint: plain }, stderr: { paint: plain } }

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
      return `${rollback.name} may be left (${rollback.reason}); to remove it: ${onEngine(rollback.command, engine)}`
  }
}

/** A command of Docker's that removes a plugin, as a command of this program with the options of its engine. */
export function onEngine(command: string, { host, context, tls, proxy }: EngineSelection): string {
  const options = Object.entries({ host, context, ...tls, proxy }).map(([name, value]) => {
    if (value === undefined || value === false) return ''
    return `--${name} ${value === true ? '' : `${quoted(value)} `}`
  })
  return command.replace(/^docker plugin rm /, () => `plugin-flow rm ${options.join('')}`)
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
