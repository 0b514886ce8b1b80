import {
  JournalError,
  type JournaledRun,
  journalFolder,
  listRuns,
  type OpenRun,
  takeUpRun,
} from '../../../adapters/journal/runJournal.ts'
import { RunInUse } from '../../../adapters/journal/runLock.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import type { UpgradeSnapshot } from '../../../machines/plugin-upgrade/snapshot.ts'
import { keyOf } from '../../../machines/settings.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import { resumeInstall } from '../../flow/install.ts'
import { resumeUpgrade } from '../../flow/upgrade.ts'
import { type EngineSelection, namesEngine } from '../options/engine.ts'
import { readSecrets, type SecretSelection } from '../options/secrets.ts'
import type { OutputFormat } from '../options/values.ts'
import { UsageError } from '../parseOptions.ts'
import type { CommandIo } from '../processIo.ts'
import { waitingForUpgrade } from '../upgrade/upgrade.ts'
import type { ShownRun } from '../views/view.ts'
import { type DrivenOptions, drive, runFlow } from './drive.ts'
import { waitingFor } from './install.ts'
import { boundedRun, claimPlugin } from './journal.ts'

/** Digits of the ID of a run. */
const ID_LENGTH = 8

/** The parsed command line of `plugin-flow resume` or `plugin-flow rollback`. */
export interface ResumeCommand extends EngineSelection, SecretSelection, OutputFormat {
  /** ID of the run, or how it begins. Default: the only one that was left. */
  run?: string
  rollBack: boolean
  /** A plugin of the name of the run is its own, however old the run is. */
  isOwn: boolean
}

/** Goes on with a run that another process began, or takes it back. */
export async function resume(command: ResumeCommand, io: CommandIo): Promise<number> {
  const taken = await takeUp(journalFolder(io.env), command.run)
  try {
    checkSecrets(taken, command)
    if (command.isOwn && 'machine' in taken.snapshot) {
      throw new UsageError('--own is about plugins of installs, and this run is an upgrade')
    }
    const { snapshot } = taken
    const name = 'machine' in snapshot ? snapshot.name : undefined
    const claimed = name === undefined ? undefined : await claimPlugin(taken, name)
    if (claimed) throw new UsageError(`${claimed.message}. ${claimed.next}`)
    const { settings, onFailure, enableTimeout } = snapshot.input
    const secretSettings = Object.fromEntries(readSecrets(command))
    const selection = namesEngine(command) ? command : { ...selectionOf(taken), ...command }
    const shown = {
      ...selection,
      ...shownOf(snapshot),
      settingCount: settings.length,
      keepOnFailure: onFailure === 'keep',
      rollBack: command.rollBack,
    }
    return await drive(selection, shown, io, async (engine, run) => {
      if (!namesEngine(command)) assertSame(engine, taken)
      const { rollBack, isOwn, plain } = command
      const options = { rollBack, secretSettings }
      const journaled = Promise.resolve(taken)
      if ('machine' in snapshot) {
        const upgradeOptions = { ...options, policy: waitingForUpgrade(enableTimeout) }
        const start = (more: DrivenOptions<UpgradeSnapshot>) =>
          resumeUpgrade(engine, snapshot, { ...upgradeOptions, ...more })
        return runFlow(start, journaled, { plain, host: engine.host }, run)
      }
      const installOptions = { ...options, isOwn, policy: waitingFor(enableTimeout) }
      const start = (more: DrivenOptions<InstallSnapshot>) =>
        resumeInstall(engine, snapshot, { ...installOptions, ...more })
      return runFlow(start, journaled, { plain, host: engine.host }, run)
    })
  } finally {
    await taken.close()
  }
}

/** How a run is shown that another process began. */
export function shownOf(
  snapshot: JournaledRun['snapshot'],
): Pick<ShownRun, 'machine' | 'reference'> {
  if (!('machine' in snapshot)) {
    return { machine: 'pluginInstall', reference: snapshot.input.reference }
  }
  const { machine, name, input } = snapshot
  return { machine, reference: input.reference ?? name ?? input.name }
}

/** The values of secret settings were not recorded. */
export function checkSecrets(
  { id, snapshot }: JournaledRun,
  { rollBack, secrets = [] }: Pick<ResumeCommand, 'rollBack' | 'secrets'>,
) {
  const names = snapshot.input.settings.filter(({ secret }) => secret).map(keyOf)
  const given = secrets.map(({ name }) => name)
  const unknown = given.find((name) => !names.includes(name))
  if (unknown !== undefined) throw new UsageError(`the run has no secret setting ${unknown}`)
  const missing = names.find((name) => !given.includes(name))
  if (missing === undefined || rollBack || snapshot.run.failure || snapshot.outcome) return
  throw new UsageError(
    `${missing} is secret and not recorded: use --set-secret ${missing}=@FILE, or plugin-flow rollback ${id}`,
  )
}

/** A context may point elsewhere by now. */
function assertSame({ host }: ConnectedEngine, { engine }: JournaledRun): void {
  if (host === engine.host) return
  throw new UsageError(
    `the run is on ${engine.host}, but its context now points to ${host}: name the engine to use`,
  )
}

export async function takeUp(
  folder: string | undefined,
  wanted: string | undefined,
): Promise<OpenRun & JournaledRun> {
  if (folder === undefined) throw new UsageError('there is no home, so no run was recorded')
  const id = await findRun(folder, wanted).catch(throwUsage)
  try {
    return boundedRun(await takeUpRun(folder, id), folder)
  } catch (error) {
    if (error instanceof JournalError && isMissing(error.cause)) {
      throw new UsageError(`no run has the ID ${id}; plugin-flow runs lists them`)
    }
    if (error instanceof RunInUse) {
      throw new UsageError(`another plugin-flow process owns this run (${error.message})`)
    }
    return throwUsage(error)
  }
}

function throwUsage(error: unknown): never {
  throw error instanceof JournalError ? new UsageError(error.message) : error
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}

/** The whole ID of a run. */
async function findRun(folder: string, wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return onlyRun(folder)
  if (wanted.length === ID_LENGTH) return wanted
  const { runs } = await listRuns(folder)
  const ids = runs.map(({ run }) => run.id).filter((id) => id.startsWith(wanted))
  const [only, ...others] = ids
  if (only === undefined) {
    throw new UsageError(`no run begins with "${wanted}"; plugin-flow runs lists them`)
  }
  if (others.length === 0) return only
  throw new UsageError(`${ids.length} runs begin with "${wanted}": ${ids.join(', ')}`)
}

async function onlyRun(folder: string): Promise<string> {
  const { runs } = await listRuns(folder)
  const [only, ...others] = runs.filter(({ isDriven }) => !isDriven)
  if (!only) throw new UsageError('no run was left; plugin-flow runs lists them')
  if (others.length === 0) return only.run.id
  throw new UsageError('more than one run was left: name one that plugin-flow runs lists')
}

/** The engine of the run. */
function selectionOf({ engine: { host, context, tls, proxy } }: JournaledRun): EngineSelection {
  return {
    ...(context === undefined ? { host } : { context }),
    ...(tls && { tls }),
    ...(proxy && { proxy }),
  }
}
