import { journalFolder, listRuns } from '../../../adapters/journal/runJournal.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { removeCommand } from '../../../machines/plugin-install/rollbackReport.ts'
import type { InstallOutput } from '../../../machines/plugin-install/types.ts'
import { resolveNames } from '../../../machines/reference.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import type { EngineSelection } from '../options/engine.ts'
import type { CommandIo } from '../processIo.ts'
import { onEngine } from './outcome.ts'

/**
 * The outcome of an install with the next step in the words of this command. Where a run of the journal left the
 * plugin behind that is in the way, its ID is named.
 */
export async function withNextStep(
  outcome: InstallOutput,
  command: EngineSelection & { reference: string; alias?: string; embedded: boolean },
  { host }: ConnectedEngine,
  env: CommandIo['env'],
): Promise<InstallOutput> {
  if (outcome.state === 'done' || outcome.failure.code !== 'already-exists') return outcome
  const names = resolveNames(command)
  if (isEngineError(names)) return outcome
  const run = command.embedded ? undefined : await leftRun(names.name, host, env)
  const next = run
    ? `An install left it behind: continue it (plugin-flow resume ${run}), or take it back (plugin-flow rollback ${run}).`
    : `Keep it (--if-present keep), remove it first (${onEngine(removeCommand(names.name, false), command)}), or choose another name (--alias NAME).`
  return { ...outcome, failure: { ...outcome.failure, next } }
}

/** ID of a run without a process that may have created the plugin of this name on this engine. */
async function leftRun(
  name: string,
  host: string,
  env: CommandIo['env'],
): Promise<string | undefined> {
  const folder = journalFolder(env)
  if (folder === undefined) return undefined
  try {
    const { runs } = await listRuns(folder)
    const left = runs.find(
      ({ run, isDriven }) => !isDriven && run.engine.host === host && run.snapshot.name === name,
    )
    return left?.run.id
  } catch {
    // The failure itself is more important than an unusable journal.
    return undefined
  }
}
