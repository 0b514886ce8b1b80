import { EngineError } from '../../machines/errors.ts'
import { type InstallSnapshot, readSnapshot } from '../../machines/plugin-install/snapshot.ts'
import type { InstallInput, InstallOutput } from '../../machines/plugin-install/types.ts'
import { keyOf } from '../../machines/settings.ts'
import { InstallError } from './errors.ts'
import type { Begin, LogicInternals } from './flowRun.ts'
import { toInput, toResumedInput } from './input.ts'
import { installKind } from './installLogic.ts'
import { loadOnce } from './loadOnce.ts'
import { startFlow } from './startFlow.ts'
import type {
  Engine,
  FlowOptions,
  InstallOptions,
  InstallPlan,
  PlanOptions,
  PluginInstall,
  ResumeOptions,
} from './types.ts'

const planning = loadOnce(() => import('./makePlan.ts'))

/**
 * Installs a plugin, and takes it back when a step fails. The flow starts at once. When it has ended,
 * nothing of it is on the engine that its `result` does not report.
 *
 * @throws EngineError `invalid-setting` where a setting is invalid, `invalid-option` where the policy is
 */
export function installPlugin(engine: Engine, options: InstallOptions): PluginInstall {
  return startInstall(engine, options, toInput(options))
}

/**
 * Takes a run up again that another process began. It asks the engine what is true now, and goes on
 * or rolls back from there: nothing is pulled, set or enabled again before it was looked at. A run
 * that was being taken back is taken back further; one that has ended tells its end.
 *
 * @throws RangeError when the snapshot is invalid; EngineError `invalid-option` when the run may still set
 * secret settings and their values are not there, which changes nothing: it can be resumed with them; or
 * when the policy cannot be used
 */
export function resumeInstall(
  engine: Engine,
  snapshot: InstallSnapshot,
  options: ResumeOptions = {},
): PluginInstall {
  const input = toResumedInput(readSnapshot(snapshot), options)
  const values = new Map(Object.entries(options.secretSettings ?? {}))
  if (!input.resumed.failure && !snapshot.outcome) checkSecrets(secretNames(snapshot), values)
  return startInstall(engine, options, { input, values })
}

/** The settings of a run whose values its snapshot does not hold. */
export function secretNames({ input }: InstallSnapshot): string[] {
  return input.settings.filter(({ secret }) => secret).map(keyOf)
}

function checkSecrets(names: readonly string[], values: ReadonlyMap<string, string>): void {
  const missing = names.filter((name) => typeof values.get(name) !== 'string')
  if (missing.length === 0) return
  throw new EngineError(
    'invalid-option',
    `the run has secret settings whose values were not kept: hand in ${missing.join(', ')} (secretSettings), or take the run back (rollBack)`,
  )
}

/**
 * Looks up what an install would do and sends nothing that changes anything. Credentials are those
 * configured; a person is asked for none.
 *
 * @throws InstallError as the install itself would at this point, and EngineError `invalid-setting` where
 * a setting is invalid, `invalid-option` where the policy is
 */
export async function planInstall(engine: Engine, options: PlanOptions): Promise<InstallPlan> {
  const { makePlan } = await planning()
  return makePlan(engine, options)
}

/** Starts the flow of a run, new or resumed. */
export function startInstall(
  engine: Engine,
  options: FlowOptions,
  begun: Begin<InstallInput>,
  internals: LogicInternals = {},
): PluginInstall {
  return startFlow({ kind: installKind, engine, options, begun, internals, ...ends })
}

const ends = { cancelEvent: { type: 'install.cancel' }, resultOf: pluginOf } as const

function pluginOf(output: InstallOutput) {
  if (output.state === 'rolledBack') throw new InstallError(output.failure, output.rollback)
  return output.plugin
}
