import {
  JournalError,
  type JournaledEngine,
  type JournaledRun,
  journalFolder,
  listRuns,
  type OpenRun,
  takeUpRun,
} from '../../../adapters/journal/runJournal.ts'
import { RunInUse } from '../../../adapters/journal/runLock.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import { resumeInstall, secretNames } from '../../flow/resumeInstall.ts'
import { readSettings } from '../../flow/secrets/readSettings.ts'
import type { Run } from '../commandEntry.ts'
import { type EngineSelection, namesEngine } from '../engineOptions.ts'
import type { InstallCommand } from '../entries/install.ts'
import type { ResumeCommand } from '../entries/resume.ts'
import { drive } from '../install.ts'
import { UsageError } from '../usageError.ts'
import { boundedRun } from './boundedRun.ts'

/** `plugin-flow resume` and `plugin-flow rollback`: another process began the run. */
export const resume: Run<ResumeCommand> = async (command, surroundings, outputs) => {
  const taken = await takeUp(journalFolder(surroundings.env), command.run)
  try {
    checkSecrets(taken, command)
    const install = toInstallCommand(taken, command)
    return await drive(install, surroundings, outputs, async (engine, options) => {
      const { policy, consent, settings } = options
      if (!namesEngine(command)) assertSame(engine, taken)
      return {
        journaled: Promise.resolve(taken),
        start: (more) =>
          resumeInstall(engine, taken.snapshot, {
            rollBack: command.rollBack,
            secretSettings: Object.fromEntries(readSettings(settings).values),
            ...(policy && { policy }),
            ...(consent && { consent }),
            ...more,
          }),
      }
    })
  } finally {
    await taken.close()
  }
}

/** The values of secret settings were not written down. */
function checkSecrets({ id, snapshot }: JournaledRun, { rollBack, secrets = [] }: ResumeCommand) {
  const names = secretNames(snapshot)
  const given = secrets.map(({ name }) => name)
  const unknown = given.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new UsageError(`the run has no secret setting ${unknown}`)
  const missing = names.find((name) => !given.includes(name))
  if (missing === undefined || rollBack || snapshot.run.failure || snapshot.outcome) return
  throw new UsageError(
    `${missing} is secret and was not written down: --set-secret ${missing}=@FILE, or plugin-flow rollback ${id}`,
  )
}

/** A context may lead elsewhere by now. */
function assertSame({ host }: ConnectedEngine, { engine }: JournaledRun): void {
  if (host === engine.host) return
  throw new UsageError(
    `the run is of ${engine.host}, and its context leads to ${host} now: name the engine that is meant`,
  )
}

async function takeUp(
  folder: string | undefined,
  wanted: string | undefined,
): Promise<OpenRun & JournaledRun> {
  if (folder === undefined) throw new UsageError('there is no home, so no run was written down')
  try {
    return boundedRun(await takeUpRun(folder, wanted ?? (await onlyRun(folder))), folder)
  } catch (error) {
    if (error instanceof RunInUse) {
      throw new UsageError(`another plugin-flow drives this run (${error.message})`)
    }
    if (error instanceof JournalError) throw new UsageError(error.message)
    throw error
  }
}

async function onlyRun(folder: string): Promise<string> {
  const { runs } = await listRuns(folder)
  const [only, ...others] = runs.filter(({ isDriven }) => !isDriven)
  if (!only) throw new UsageError('no run was left; plugin-flow runs lists them')
  if (others.length === 0) return only.run.id
  throw new UsageError('more than one run was left: name one that plugin-flow runs lists')
}

/** The install as it was asked for, on the engine that it was asked of. */
function toInstallCommand(
  { engine, snapshot: { input } }: JournaledRun,
  { run: _, rollBack: __, ...command }: ResumeCommand,
): InstallCommand {
  const { reference, alias, settings, disabled, ifPresent, enableTimeout, onFailure } = input
  return {
    reference,
    ...(alias === undefined ? {} : { alias }),
    settings: settings.filter((setting) => typeof setting === 'string'),
    disabled,
    ifPresent,
    enableTimeout,
    grantAllPermissions: input.grantAllPermissions,
    keepOnFailure: onFailure === 'keep',
    embedded: false,
    dryRun: false,
    ...(namesEngine(command) ? {} : selectionOf(engine)),
    ...command,
  }
}

function selectionOf({ host, context, tls, proxy }: JournaledEngine): EngineSelection {
  return {
    ...(context === undefined ? { host } : { context }),
    ...(tls && { tls }),
    ...(proxy && { proxy }),
  }
}
