import {
  JournalError,
  type JournaledRun,
  journalFolder,
  listRuns,
  type OpenRun,
  takeUpRun,
} from '../../journal/runJournal.ts'
import { RunInUse } from '../../journal/runLock.ts'
import { resumeInstall } from '../../resumeInstall.ts'
import type { Run } from '../commandEntry.ts'
import type { InstallCommand } from '../entries/install.ts'
import type { ResumeCommand } from '../entries/resume.ts'
import { drive } from '../install.ts'
import { UsageError } from '../usageError.ts'

/** `plugin-flow resume` and `plugin-flow rollback`: another process began the run. */
export const resume: Run<ResumeCommand> = async (command, surroundings, outputs) => {
  const taken = await takeUp(journalFolder(surroundings.env), command.run)
  const install = toInstallCommand(taken, command)
  return drive(install, surroundings, outputs, async (engine, { timeouts, consent }) => ({
    journaled: taken,
    start: (more) =>
      resumeInstall(engine, taken.snapshot, {
        rollBack: command.rollBack,
        ...(timeouts && { timeouts }),
        ...(consent && { consent }),
        ...more,
      }),
  }))
}

async function takeUp(
  folder: string | undefined,
  wanted: string | undefined,
): Promise<OpenRun & JournaledRun> {
  if (folder === undefined) throw new UsageError('HOME is not set, so no run was written down')
  try {
    return await takeUpRun(folder, wanted ?? (await onlyRun(folder)))
  } catch (error) {
    if (error instanceof RunInUse) {
      throw new UsageError(`another plugin-flow drives this run (${error.message})`)
    }
    if (error instanceof JournalError) throw new UsageError(error.message)
    throw error
  }
}

async function onlyRun(folder: string): Promise<string> {
  const runs = await listRuns(folder)
  const [only, ...others] = runs.filter(({ isDriven }) => !isDriven)
  if (!only) throw new UsageError('no run was left; plugin-flow runs lists them')
  if (others.length === 0) return only.run.id
  throw new UsageError('more than one run was left: name one that plugin-flow runs lists')
}

/** The install as it was asked for, on the engine that it was asked of. */
function toInstallCommand(
  { host, snapshot: { input } }: JournaledRun,
  { run: _, rollBack: __, ...command }: ResumeCommand,
): InstallCommand {
  const { reference, alias, settings, disabled, ifPresent, enableTimeout, onFailure } = input
  return {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings,
    disabled,
    ifPresent,
    enableTimeout,
    grantAllPermissions: input.grantAllPermissions,
    keepOnFailure: onFailure === 'keep',
    embedded: false,
    dryRun: false,
    host,
    ...command,
  }
}
