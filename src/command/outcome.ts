import { isEngineError } from '../../machines/errors.ts'
import { makeFailure, toFailure } from '../../machines/failure.ts'
import { failed } from '../../machines/plugin-install/rollbackReport.ts'
import type { InstallOutput } from '../../machines/plugin-install/types.ts'
import { isInstallError } from '../flow/installError.ts'
import type { PluginInstall } from '../flow/types.ts'
import type { Interrupt } from './interrupts.ts'

/** How a flow ended. An error that is none of a flow's own is thrown on. */
export async function outcomeOf({ result }: PluginInstall): Promise<InstallOutput> {
  try {
    return { state: 'done', plugin: await result }
  } catch (error) {
    if (!isInstallError(error)) throw error
    return { state: 'rolledBack', failure: error.failure, rollback: error.rollback }
  }
}

/** What is known of a flow that is left before it has ended. */
export function outcomeWhenLeft(flow: PluginInstall, embedded: boolean): InstallOutput {
  const { output, context } = flow.actor.getSnapshot()
  if (output) return output
  const { failure, names, plugin, ownership, enableRequested, input } = context
  const name = names?.name ?? input.reference
  const isGone = embedded || ownership === 'nothing'
  return {
    state: 'rolledBack',
    failure: failure ?? makeFailure('cancelled', flow.snapshot().state),
    rollback: isGone
      ? { result: 'nothingToRemove' }
      : failed(
          { name, enableRequested },
          'this command was left before it had taken it back',
          plugin?.Id,
        ),
  }
}

/** How a flow ended that never began: the engine's address is none. */
export function outcomeOfBadEngine(error: unknown): InstallOutput {
  if (!isEngineError(error)) throw error
  return {
    state: 'rolledBack',
    failure: toFailure(error, 'checkPrivileges'),
    rollback: { result: 'nothingToRemove' },
  }
}

const USAGE_CODES = ['invalid-reference', 'invalid-setting', 'invalid-option']

/** 0 done, 1 taken back, 2 wrong usage, 128 and the signal's number when one ended it. */
export function exitCode(outcome: InstallOutput, interrupt: Interrupt | undefined): number {
  if (outcome.state === 'done') return 0
  if (interrupt) return interrupt.exitCode
  return USAGE_CODES.includes(outcome.failure.code) ? 2 : 1
}
