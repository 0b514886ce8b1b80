import { setTimeout } from 'node:timers/promises'
import { journalFolder, listRuns } from '../../../adapters/journal/runJournal.ts'
import { defined } from '../../../machines/defined.ts'
import { isEngineError } from '../../../machines/errors.ts'
import { removeCommand } from '../../../machines/plugin-install/rollbackReport.ts'
import type { InstallSnapshot } from '../../../machines/plugin-install/snapshot.ts'
import { resolveNames } from '../../../machines/reference.ts'
import type { ConnectedEngine } from '../../flow/connect.ts'
import { installPlugin } from '../../flow/install.ts'
import { defaultPolicy, type PolicyOptions } from '../../flow/retry/policy.ts'
import type { ConsentPolicy, InstallOptions } from '../../flow/types.ts'
import { type ConsentSelection, readPolicy } from '../options/consent.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type FlowSelection, warnOfTrust } from '../options/flow.ts'
import type { Login } from '../options/login.ts'
import { checkRecord } from '../options/record.ts'
import { readSecrets, type SecretSelection, withSecrets } from '../options/secrets.ts'
import type { OutputFormat } from '../options/values.ts'
import type { CommandIo } from '../processIo.ts'
import type { RunOutcome } from '../views/view.ts'
import { type DrivenOptions, drive, runFlow } from './drive.ts'
import { dryRun } from './dryRun.ts'
import { beginJournal } from './journal.ts'
import { onEngine } from './outcome.ts'

/** The parsed command line of `plugin-flow install`. */
export interface InstallCommand
  extends EngineSelection,
    ConsentSelection,
    SecretSelection,
    FlowSelection,
    OutputFormat {
  reference: string
  /** `KEY=VALUE` each, in their order. */
  settings: readonly string[]
  alias?: string
  login?: Login
  disabled: boolean
  ifPresent: 'fail' | 'keep' | 'finish'
  /** Install on a simulated engine in this process. */
  embedded: boolean
}

/** Until the first calls are sent: the journal loads code that holds them up, and has time while the engine looks things up. */
const JOURNAL_AFTER_MS = 30

export async function install(command: InstallCommand, io: CommandIo): Promise<number> {
  checkRecord(command.record)
  const policy = await readPolicy(command)
  const secrets = readSecrets(command)
  const settingCount = command.settings.length + secrets.size
  const shown = { ...command, machine: 'pluginInstall', settingCount } as const
  return drive(command, shown, io, async (engine, run) => {
    warnOfTrust(command, io.env, run.warn)
    const options = { ...installOptions(command, policy, secrets), signal: run.signal }
    if (command.dryRun) return dryRun(engine, options, command, io)
    const journaled = command.embedded
      ? undefined
      : setTimeout(JOURNAL_AFTER_MS).then(() => beginJournal(engine, command, io.env, run.view))
    const start = (more: DrivenOptions<InstallSnapshot>) =>
      installPlugin(engine, { ...options, ...more })
    const outcome = await runFlow(start, journaled, { ...command, host: engine.host }, run)
    return withNextStep(outcome, command, engine, io.env)
  })
}

/** The options of the flow. */
export function installOptions(
  command: InstallCommand,
  consent: ConsentPolicy | undefined,
  secrets: ReadonlyMap<string, string>,
): InstallOptions {
  const { reference, alias, settings, disabled, grantAllPermissions, enableTimeout } = command
  return {
    reference,
    ...defined({ alias, consent }),
    settings: withSecrets(settings, secrets),
    disabled,
    grantAllPermissions,
    ifPresent: command.ifPresent,
    enableTimeout,
    onFailure: command.keepOnFailure ? 'keep' : 'remove',
    policy: waitingFor(enableTimeout),
  }
}

/** Adds the seconds that the engine waits for the plugin to the flow's own timeout. */
export function waitingFor(enableTimeout: number): PolicyOptions {
  return { timeouts: { enabling: defaultPolicy.timeouts.enabling + enableTimeout * 1_000 } }
}

/**
 * The outcome of an install with the next step in the words of this command. Where a run of the journal left the
 * plugin behind that is in the way, its ID is named.
 */
export async function withNextStep(
  outcome: RunOutcome,
  command: EngineSelection & { reference: string; alias?: string; embedded: boolean },
  { host }: ConnectedEngine,
  env: CommandIo['env'],
): Promise<RunOutcome> {
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
