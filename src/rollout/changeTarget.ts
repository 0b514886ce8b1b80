import type { ConsentDecision, ConsentRequest } from '../../machines/consent.ts'
import { EngineError } from '../../machines/errors.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { type InstallSnapshot, layersOf } from '../../machines/plugin-install/snapshot.ts'
import type { UpgradeSnapshot } from '../../machines/plugin-upgrade/snapshot.ts'
import type { UpgradeConsentRequest } from '../../machines/plugin-upgrade/types.ts'
import { comparePrivileges } from '../../machines/privileges.ts'
import type { PlannedSetting, RolloutPlan } from '../../machines/rollout/plan.ts'
import type { PluginOnTarget, TargetRecord } from '../../machines/rollout/records.ts'
import { keyOf } from '../../machines/settings.ts'
import { installPlugin, resumeInstall } from '../flow/install.ts'
import type { ConsentPolicy, Engine, FlowOptions, GivenSetting } from '../flow/types.ts'
import {
  type ResumeUpgradeOptions,
  resumeUpgrade,
  type UpgradeFlowOptions,
  upgradePlugin,
} from '../flow/upgrade.ts'
import { asWord } from '../text/visible.ts'
import { withConsent } from './fence.ts'

/** The tools of one step. */
export interface StepTools {
  plan: RolloutPlan
  engine: Engine
  record(): TargetRecord
  /** @throws EngineError `abandoned` where the lease is lost */
  write(changes: Partial<TargetRecord>): Promise<void>
  /** The value of a secret setting, from the worker's environment or files. */
  secret(from: { variable: string } | { path: string }): Promise<string>
  /** Fires once the lease is lost. */
  signal: AbortSignal
}

type PresentPlugin = Extract<PluginOnTarget, { state: 'present' }>

/** Installs or upgrades the plugin. The flow does not roll back when it fails: an undo is a step of its own. */
export async function changeTarget(tools: StepTools): Promise<'done' | 'kept'> {
  const { plan, record } = tools
  const { reference, name, digest } = plan.plugin
  const engine = withConsent(tools.engine, plan.privileges)
  const settings = await settingsOf(tools)
  const wanted = { reference, settings: settings.given, ...(digest && { digest }) }
  const secretSettings = Object.fromEntries(settings.values)
  if (plan.kind === 'upgrade') {
    const run = record().run as UpgradeSnapshot | undefined
    const upgrade =
      run && run.run.phase !== 'untouched'
        ? resumeUpgrade(engine, unfinished(run), {
            ...flowOptions<ResumeUpgradeOptions>(tools),
            secretSettings,
          })
        : upgradePlugin(engine, {
            ...flowOptions<UpgradeFlowOptions>(tools),
            ...wanted,
            name,
            onFailure: 'keep',
            noWayBack: 'accept',
            // Replacing a plugin loses its data, which the consent to a rollout does not cover.
            mode: 'inPlace',
          })
    return (await upgrade.result).changed ? 'done' : 'kept'
  }
  const run = record().run as InstallSnapshot | undefined
  if (run && run.run.ownership !== 'nothing') {
    const resumed = { ...flowOptions<FlowOptions>(tools), secretSettings }
    await resumeInstall(engine, withoutProof(unfinished(run)), resumed).result
    return 'done'
  }
  const given = { ...flowOptions<FlowOptions>(tools), ...wanted, alias: name }
  const flow = installPlugin(engine, { ...given, onFailure: 'keep' })
  return (await flow.result).changed ? 'done' : 'kept'
}

/** Removes the plugin that has the name. */
export async function removePlugin({ plan, engine, signal }: StepTools): Promise<'done' | 'kept'> {
  const plugin = await engine.call('pluginInspect', { name: plan.plugin.name }, { signal })
  if (!plugin) return 'kept'
  await remove(plugin, engine, signal)
  return 'done'
}

/** Undoes the changes of this rollout, and no others. */
export async function undoTarget(tools: StepTools): Promise<void> {
  const { plan, engine, record, signal } = tools
  const { before, after, run } = record()
  const { name } = plan.plugin
  if (before?.state === 'present') {
    if (plan.kind === 'upgrade') await goBack(tools, before)
    return enableAgain(tools, before)
  }
  const plugin = await engine.call('pluginInspect', { name }, { signal })
  if (!plugin) return
  const own = after?.state === 'present' ? after.id : (run as InstallSnapshot | undefined)?.run.id
  if (plugin.Id === own) return remove(plugin, engine, signal)
  const why = own === undefined ? 'may be that of another client' : 'is that of another client'
  throw new EngineError('changed-by-others', `the plugin ${name} ${why}, and was left as it is`)
}

/** Goes back to the old version, with no more privileges than it had before: there is no consent to others. */
async function goBack(tools: StepTools, before: PresentPlugin): Promise<void> {
  const { plan, engine, signal } = tools
  const { reference, privileges, layers } = before
  const consent: ConsentPolicy = (request) =>
    !comparePrivileges(privileges, request.privileges)?.added?.length
  const flow = upgradePlugin(engine, {
    ...flowOptions<UpgradeFlowOptions>(tools),
    consent,
    name: plan.plugin.name,
    reference,
    onFailure: 'keep',
    noWayBack: 'accept',
    mode: 'inPlace',
  })
  const { name } = await flow.result
  const now = await engine.call('pluginInspect', { name }, { signal })
  if (layers && now && layersOf(now)?.join() !== layers.join()) {
    throw new EngineError('no-way-back', `${reference} names other content by now than before`)
  }
}

/** Enables the plugin again where a step that failed left it disabled. A plugin that was removed is not installed again. */
async function enableAgain(
  { plan, engine, signal }: StepTools,
  before: PresentPlugin,
): Promise<void> {
  const { name } = plan.plugin
  const plugin = await engine.call('pluginInspect', { name }, { signal })
  if (!plugin) {
    throw new EngineError(
      'no-way-back',
      `${name} was removed, and comes back by a new install: ${installAgain(name, before)}`,
    )
  }
  if (before.enabled && !plugin.Enabled) {
    await engine.call('pluginEnable', { name: plugin.Id, timeout: 0 }, { signal })
  }
}

/** The command that installs a plugin as it was. A record has the names of its settings alone: their values may be secrets. */
function installAgain(name: string, { reference, enabled, settings }: PresentPlugin): string {
  const words = [
    `--alias ${asWord(name)}`,
    ...(enabled ? [] : ['--disable']),
    asWord(reference),
    ...settings.map((setting) => asWord(`${setting}=…`)),
  ]
  return `plugin-flow install ${words.join(' ')}`
}

async function remove(
  { Id, Enabled }: Pick<Plugin, 'Id' | 'Enabled'>,
  engine: Engine,
  signal: AbortSignal,
): Promise<void> {
  if (Enabled) await engine.call('pluginDisable', { name: Id }, { signal })
  await engine.call('pluginDelete', { name: Id }, { signal })
}

/** Refuses an upgrade that would lose settings on this engine: they are not part of the plan, so the consent does not cover them. */
function coversRequest(request: ConsentRequest): NonNullable<ConsentDecision> {
  const { plan } = request as Partial<UpgradeConsentRequest>
  if (!plan?.entries.length) return { granted: true }
  return {
    granted: false,
    reason: 'it loses settings, which the consent to a rollout does not cover',
  }
}

/** The consent to the plan answers the questions of each flow. A worker has no person to ask for credentials. */
function flowOptions<Options>({ write }: StepTools): Options {
  const options: Omit<FlowOptions, 'journal'> & { journal: (run: unknown) => unknown } = {
    consent: coversRequest,
    credentials: async () => undefined,
    journal: (run) =>
      write({ run }).then(
        () => undefined,
        () => 'abandon',
      ),
  }
  return options as Options
}

/** Removes the failure and the outcome from a snapshot, so that the run is resumed where it failed. */
function unfinished<Snapshot extends { run: object; outcome?: unknown }>(
  snapshot: Snapshot,
): Snapshot {
  const { outcome: _, ...rest } = snapshot
  const { failure: __, ...run } = snapshot.run as { failure?: unknown }
  return { ...rest, run } as unknown as Snapshot
}

/**
 * Removes the expected digest where the pulled digest is unknown: its worker was lost during the pull, and an engine does not report it
 * later. The look-up before that pull returned the digest of the plan; from then on the privileges are compared.
 */
function withoutProof(snapshot: InstallSnapshot): InstallSnapshot {
  if (snapshot.run.pulledDigest !== undefined) return snapshot
  const { digest: _, ...input } = snapshot.input
  return { ...snapshot, input }
}

async function settingsOf({ plan, secret }: StepTools) {
  const given: GivenSetting[] = []
  const values = new Map<string, string>()
  for (const setting of plan.plugin.settings) {
    const key = keyOf(setting as { name: string })
    if (!('from' in setting)) {
      const { value } = setting as Extract<PlannedSetting, { value?: string }>
      given.push(value === undefined ? key : `${key}=${value}`)
      continue
    }
    const from = setting as { from: 'env'; variable: string } | { from: 'file'; path: string }
    const value = await secret(from)
    values.set(key, value)
    given.push({ setting: `${key}=${value}`, secret: true })
  }
  return { given, values }
}
