import { defined } from '../../../machines/defined.ts'
import { makeFailure } from '../../../machines/failure.ts'
import type { Plugin } from '../../../machines/plugin.ts'
import type { UpgradeSnapshot } from '../../../machines/plugin-upgrade/snapshot.ts'
import type { UpgradeTimeouts } from '../../../machines/plugin-upgrade/types.ts'
import { familiar, parseReference } from '../../../machines/reference.ts'
import { type PolicyOptions, upgradeTimeouts } from '../../flow/retry/policy.ts'
import type { ConsentPolicy } from '../../flow/types.ts'
import { type UpgradeOptions, upgradePlugin } from '../../flow/upgrade.ts'
import { visible } from '../../text/visible.ts'
import { type DrivenOptions, drive, type Run, runFlow } from '../install/drive.ts'
import { beginJournal, claimPlugin } from '../install/journal.ts'
import { type ConsentSelection, readPolicy } from '../options/consent.ts'
import type { EngineSelection } from '../options/engine.ts'
import { type FlowSelection, warnOfTrust } from '../options/flow.ts'
import type { Login } from '../options/login.ts'
import { checkRecord } from '../options/record.ts'
import { readSecrets, type SecretSelection, withSecrets } from '../options/secrets.ts'
import type { OutputFormat } from '../options/values.ts'
import type { CommandIo } from '../processIo.ts'
import type { RunOutcome } from '../views/view.ts'
import { wordsOf } from '../views/words.ts'
import { upgradeDryRun } from './upgradeDryRun.ts'

/** The parsed command line of `plugin-flow upgrade`. */
export interface UpgradeCommand
  extends EngineSelection,
    ConsentSelection,
    SecretSelection,
    FlowSelection,
    OutputFormat,
    Required<Pick<UpgradeOptions, 'mode' | 'trial' | 'force' | 'noWayBack'>>,
    Pick<UpgradeOptions, 'name' | 'reference' | 'digest' | 'previousDigest'> {
  /** `KEY=VALUE` each, in their order. */
  settings: readonly string[]
  login?: Login
  /** A reference of another repository needs no agreement of its own. */
  skipRemoteCheck: boolean
}

export async function upgrade(command: UpgradeCommand, io: CommandIo): Promise<number> {
  checkRecord(command.record)
  const policy = await readPolicy(command)
  const secrets = readSecrets(command)
  const { name, reference = name } = command
  const settingCount = command.settings.length + secrets.size
  const shown = { ...command, machine: 'pluginUpgrade', reference, settingCount } as const
  return drive(command, shown, io, async (engine, run) => {
    warnOfTrust(command, io.env, run.warn)
    const options = { ...upgradeOptions(command, policy, secrets), signal: run.signal }
    if (command.dryRun) return upgradeDryRun(engine, options, command, io)
    // The flow tells why a plugin cannot be read.
    const plugin = await engine
      .call('pluginInspect', { name }, { signal: run.signal })
      .catch(() => undefined)
    const refused = plugin && (await checkRepository(plugin, command, run))
    if (refused) return refused
    const journaled = beginJournal(engine, command, io.env, run.view)
    const claimed = plugin && (await claimPlugin(await journaled, plugin.Name))
    if (claimed) {
      await (await journaled)?.close()
      return wordsOf(shown).notBegun(claimed)
    }
    const start = (more: DrivenOptions<UpgradeSnapshot>) =>
      upgradePlugin(engine, { ...options, ...more })
    return runFlow(start, journaled, { ...command, host: engine.host }, run)
  })
}

/** The options of the flow. */
export function upgradeOptions(
  command: UpgradeCommand,
  consent: ConsentPolicy | undefined,
  secrets: ReadonlyMap<string, string>,
): UpgradeOptions {
  const { name, reference, digest, previousDigest, settings, enableTimeout } = command
  const { mode, trial, force, noWayBack, grantAllPermissions } = command
  return {
    name,
    ...defined({ reference, digest, previousDigest, consent }),
    settings: withSecrets(settings, secrets),
    mode,
    trial,
    force,
    noWayBack,
    grantAllPermissions,
    enableTimeout,
    onFailure: command.keepOnFailure ? 'keep' : 'goBack',
    policy: waitingForUpgrade(enableTimeout),
  }
}

/** Adds the seconds that the engine waits for the plugin to the flow's own timeouts. */
export function waitingForUpgrade(enableTimeout: number): PolicyOptions<UpgradeTimeouts> {
  const { trying, enabling } = upgradeTimeouts
  const ms = enableTimeout * 1_000
  return { timeouts: { trying: trying + ms, enabling: enabling + ms } }
}

/** As Docker's own command asks, although by the repository alone: another tag is an upgrade. */
async function checkRepository(
  { Name, PluginReference: from }: Plugin,
  { reference, skipRemoteCheck }: UpgradeCommand,
  { shown, prompt, signal }: Run,
): Promise<RunOutcome | undefined> {
  if (reference === undefined || skipRemoteCheck) return undefined
  if (isSameRepository(from, reference)) return undefined
  const question = [
    `Plugin "${visible(Name)}" is from ${visible(familiar(from))}, not from the repository of ${visible(reference)}.`,
    'Plugin images do not match, are you sure? [y/N] ',
  ].join('\n')
  const answer = await prompt.ask(question, signal)
  if (answer === 'granted') return undefined
  const reason =
    answer === 'cancelled'
      ? makeFailure('cancelled', 'reading')
      : makeFailure(
          'consent-denied',
          'reading',
          `${reference} is of another repository than ${familiar(from)}`,
          { next: 'Answer y, or accept it with --skip-remote-check.' },
        )
  return wordsOf(shown).notBegun(reason)
}

function isSameRepository(one: string, other: string): boolean {
  const [from, to] = [parseReference(one), parseReference(other)]
  // The flow tells why a reference is invalid.
  if (typeof from === 'string' || typeof to === 'string') return true
  return from.domain === to.domain && from.path === to.path
}
