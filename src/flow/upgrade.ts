import type { ActorLogic, ActorSystem, ActorSystemInfo, SnapshotFrom } from 'xstate'
import { EngineError } from '../../machines/errors.ts'
import { makeFailure } from '../../machines/failure.ts'
import type { UpgradeEmitted, UpgradeEvent } from '../../machines/plugin-upgrade/events.ts'
import { pluginUpgradeMachine } from '../../machines/plugin-upgrade/pluginUpgradeMachine.ts'
import {
  makeUpgradeSnapshot,
  readUpgradeSnapshot,
  type UpgradeSnapshot,
} from '../../machines/plugin-upgrade/snapshot.ts'
import type {
  UpgradeConsentRequest,
  UpgradedPlugin,
  UpgradeInput,
  UpgradeOutput,
  UpgradeTimeouts,
} from '../../machines/plugin-upgrade/types.ts'
import type { Retry } from '../../machines/retry.ts'
import { keyOf } from '../../machines/settings.ts'
import { UpgradeError } from './errors.ts'
import { actorsOf, makeLogic } from './flowLogic.ts'
import type { Begin, FlowKind, LogicInternals } from './flowRun.ts'
import { readDigest } from './input.ts'
import { loadOnce } from './loadOnce.ts'
import type { PlannedUpgrade } from './makeUpgradePlan.ts'
import { completePolicy, upgradeTimeouts } from './retry/policy.ts'
import { parseSettings } from './secrets/parseSettings.ts'
import { startFlow } from './startFlow.ts'
import type { Engine, Flow, FlowOptions, GivenSettings } from './types.ts'

const upgradeSteps = loadOnce(() => import('./upgradeSteps.ts'))
const planning = loadOnce(() => import('./makeUpgradePlan.ts'))

export type UpgradeFlowOptions = FlowOptions<UpgradeSnapshot, UpgradeTimeouts>

export interface UpgradeOptions extends UpgradeFlowOptions {
  /** Of the plugin: its name, its id, or the beginning of its id. */
  name: string
  /** Of the new version. Default: the reference that the plugin came from. */
  reference?: string
  /** To be set with the upgrade, as for an install. */
  settings?: GivenSettings
  /** `sha256:…`: the content that the reference must name. */
  digest?: string
  /** `sha256:…`, the content of the old version, where it is known: it makes a way back from a tag that has moved. */
  previousDigest?: string
  /**
   * `inPlace` upgrades the plugin that is there; `replace` removes it and installs the new version under its name, which
   * loses its id and the data in its propagated mount; `auto` (default) replaces only where an upgrade in place gives
   * less than a new install, and a person, or the policy with `replace: true`, agrees to that.
   */
  mode?: 'inPlace' | 'replace' | 'auto'
  /** Enable the new version for a moment before the old one is touched. Default `false`. */
  trial?: boolean
  /** Disable the plugin even where volumes or containers use it. Default `false`. */
  force?: boolean
  /** The fate of the new version when a step after the swap fails. Default `goBack`. */
  onFailure?: 'goBack' | 'keep'
  /**
   * The answer where the old version could not be had again. `ask` (default): a person decides, and without one nothing
   * is changed.
   */
  noWayBack?: 'ask' | 'refuse' | 'accept'
  /** Grant whatever is asked, unseen. Default `false`. */
  grantAllPermissions?: boolean
  /** How often credentials are asked for. Default 3. */
  credentialsAttempts?: number
  /** How long the engine waits for the plugin, in whole seconds. Default 0: the engine's own. */
  enableTimeout?: number
}

export interface PlanUpgradeOptions extends UpgradeOptions {
  /** Called before each wait for another attempt, as `retry$` tells it. */
  onRetry?: (retry: Retry) => void
}

export interface ResumeUpgradeOptions extends UpgradeFlowOptions {
  /** Go back in place of going on. Default `false`. */
  rollBack?: boolean
  /** The values of the settings that are secret, by their names: a snapshot does not hold them. */
  secretSettings?: Readonly<Record<string, string>>
}

/** The chart of an upgrade with its actors. */
const upgradeMachine = pluginUpgradeMachine.provide({ actors: actorsOf(pluginUpgradeMachine) })

type UpgradeMachine = typeof upgradeMachine

const upgradeKind: FlowKind<UpgradeMachine, UpgradeSnapshot> = {
  machine: upgradeMachine,
  makeSnapshot: makeUpgradeSnapshot,
  restoreInput: (snapshot, options) =>
    toResumedInput(snapshot, options as Pick<UpgradeFlowOptions, 'policy'>),
  async load(dependencies) {
    const { createUpgradeWork } = await upgradeSteps()
    return createUpgradeWork(dependencies)
  },
}

/** A running upgrade. Its `result` is the upgraded plugin, or rejects with an `UpgradeError`. */
export type PluginUpgrade = Flow<
  UpgradeMachine,
  UpgradeSnapshot,
  UpgradedPlugin,
  UpgradeConsentRequest
>

/** An upgrade as actor logic. Its input, which is optional, goes before the options it was made with. */
export type UpgradeLogic = ActorLogic<
  SnapshotFrom<UpgradeMachine>,
  UpgradeEvent,
  Partial<UpgradeOptions> | undefined,
  ActorSystem<ActorSystemInfo>,
  UpgradeEmitted
>

/**
 * Upgrades a plugin. Until it is disabled nothing of it has changed; afterwards the new version is there with the planned
 * settings in effect, or the old one as it was, or the `UpgradeError` says what is there and how to mend it.
 *
 * @throws EngineError `invalid-setting` where a setting is invalid, `invalid-option` where the policy or a digest is
 */
export function upgradePlugin(engine: Engine, options: UpgradeOptions): PluginUpgrade {
  return startUpgrade(engine, options, toInput(options))
}

/** An upgrade to be invoked or spawned by any XState machine, as `installLogic` is for an install. */
export function upgradeLogic(engine: Engine, options: UpgradeOptions): UpgradeLogic {
  const begin = (overrides: Partial<UpgradeOptions> = {}) => toInput({ ...options, ...overrides })
  return makeLogic(upgradeKind, engine, options, begin) as unknown as UpgradeLogic
}

/**
 * Takes a run up again that another process began. The engine is asked what is there: with the old version it goes on
 * from the disable, with the new one from the settings; with neither it leaves the plugin as it is.
 *
 * @throws RangeError when the snapshot is invalid; EngineError `invalid-option` where values of secret settings are missing
 */
export function resumeUpgrade(
  engine: Engine,
  snapshot: UpgradeSnapshot,
  options: ResumeUpgradeOptions = {},
): PluginUpgrade {
  const { input, run, outcome } = readUpgradeSnapshot(snapshot)
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  const missing = input.settings.filter(({ secret }) => secret).map(keyOf)
  const isGoingBack = options.rollBack || run.failure || outcome
  if (!isGoingBack && missing.some((name) => typeof values.get(name) !== 'string')) {
    throw new EngineError(
      'invalid-option',
      `the run has secret settings whose values were not kept: hand in ${missing.join(', ')} (secretSettings), or go back (rollBack)`,
    )
  }
  return startUpgrade(engine, options, { input: toResumedInput(snapshot, options), values })
}

/**
 * Looks up what an upgrade would ask for, and sends nothing that changes anything. The fate of each setting is
 * known from a copy of the new version alone: `unknown` says so. Credentials are those configured; a person is asked for none.
 *
 * @throws UpgradeError as the upgrade itself would at this point, and EngineError as `upgradePlugin` does
 */
export async function planUpgrade(
  engine: Engine,
  options: PlanUpgradeOptions,
): Promise<PlannedUpgrade> {
  const begun = toInput(options)
  const { makeUpgradePlan } = await planning()
  return makeUpgradePlan(engine, options, begun)
}

/** Starts the flow of a run, new or resumed. */
export function startUpgrade(
  engine: Engine,
  options: UpgradeFlowOptions,
  begun: Begin<UpgradeInput>,
  internals: LogicInternals = {},
): PluginUpgrade {
  const given = options as FlowOptions<UpgradeSnapshot>
  return startFlow({ kind: upgradeKind, engine, options: given, begun, internals, ...ends })
}

const ends = { cancelEvent: { type: 'upgrade.cancel' }, resultOf } as const

function resultOf(output: UpgradeOutput): UpgradedPlugin {
  if (output.state === 'done') return output.plugin
  throw new UpgradeError(output)
}

/** The input of a new run, and the values of its secret settings. */
export function toInput(options: UpgradeOptions): Begin<UpgradeInput> {
  const { settings, values } = parseSettings(options.settings)
  const { name, reference, digest, previousDigest } = options
  const input: UpgradeInput = {
    name,
    ...(reference === undefined ? {} : { reference }),
    settings,
    ...(digest === undefined ? {} : { digest: readDigest(digest) }),
    ...(previousDigest === undefined ? {} : { previousDigest: readDigest(previousDigest) }),
    mode: options.mode ?? 'auto',
    trial: options.trial ?? false,
    force: options.force ?? false,
    onFailure: options.onFailure ?? 'goBack',
    noWayBack: options.noWayBack ?? 'ask',
    grantAllPermissions: options.grantAllPermissions ?? false,
    enableTimeout: options.enableTimeout ?? 0,
    credentialsAttempts: options.credentialsAttempts ?? 3,
    copyName: `plugin-flow/upgrade-${randomName()}:latest`,
    timeouts: completePolicy(options.policy, upgradeTimeouts).timeouts,
  }
  return { input, values }
}

/** 48 bits, of the alphabet of a repository's name. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The input of a run that is taken up again. */
export function toResumedInput(
  { input, run, state }: UpgradeSnapshot,
  { policy, rollBack }: Pick<ResumeUpgradeOptions, 'policy' | 'rollBack'>,
): UpgradeInput {
  const failure = makeFailure('cancelled', state.split('.')[0] ?? state)
  const { timeouts } = completePolicy(policy, upgradeTimeouts)
  return {
    ...input,
    // To go back by name overrules that the new version was to be kept.
    ...(rollBack && { onFailure: 'goBack' }),
    timeouts,
    resumed: { ...run, ...(rollBack && !run.failure && { failure }) },
  }
}
