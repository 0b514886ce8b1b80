import type { Engine } from '../../engine.ts'
import { EngineError } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import type { Pause } from '../../retry.ts'
import type { Setting } from '../../settings.ts'
import { type EffectItem, type Observed, observe, sameContent } from '../effect.ts'
import type { PlannedSetting } from '../planUpgrade.ts'

/** The ports by which the steps of an upgrade reach the outside. */
export interface UpgradePorts {
  engine: Engine
  pause: Pause
  /** Records the step before the engine is changed. */
  record(): Promise<void>
  /**
   * Has no other upgrade of this process change the plugin until this run has ended.
   *
   * @throws EngineError `upgrade-under-way`
   */
  claim(name: string, copyName: string): void
  /**
   * Keeps the values that a plugin has in effect out of the machine, for `fill` and `knownValue`.
   *
   * @param mayBeOwn some may be of this run: only values with the mark of what was there before are used
   */
  remember(plugin: Plugin, mayBeOwn: boolean): void
  /** A setting as the engine takes it, with the value of a secret or carried one, which must be known. */
  fill(setting: PlannedSetting): string
  /** The value that an item had in effect before; `undefined` where this process does not know it. */
  knownValue(item: EffectItem): string | undefined
  /** Whether a plugin has the value of a secret setting, which the machine does not know. */
  hasSecret(plugin: Plugin, setting: Setting): boolean
}

/** @throws EngineError `plugin-gone` */
export async function inspectNow(
  { engine }: Pick<UpgradePorts, 'engine'>,
  name: string,
  signal: AbortSignal,
): Promise<Plugin> {
  const plugin = await engine.call('pluginInspect', { name }, { signal })
  if (plugin) return plugin
  throw new EngineError('plugin-gone', `another client removed ${name} during the upgrade`)
}

/**
 * Returns whether the engine has swapped the plugin late.
 *
 * @param late the copy, where an earlier process of this run may have asked for the swap
 * @throws EngineError `changed-by-others` where the plugin is neither that nor as this run has seen it
 */
export async function checkUntouched(
  ports: Pick<UpgradePorts, 'engine'>,
  before: Observed,
  signal: AbortSignal,
  isEnabled = before.enabled,
  late?: Observed,
): Promise<boolean> {
  const now = observe(await inspectNow(ports, before.id, signal))
  const parts = (['config', 'effect', 'reference'] as const).filter(
    (part) => JSON.stringify(now[part]) !== JSON.stringify(before[part]),
  )
  const changed = [...parts, ...(now.enabled === isEnabled ? [] : ['enabled'])]
  if (changed.length === 0) return false
  if (late && sameContent(now.config, late.config)) return true
  throw changedByOthers(before.name, `its ${changed.join(', ')}`)
}

export function changedByOthers(name: string, what: string): EngineError {
  return new EngineError(
    'changed-by-others',
    `another client has changed ${name} during the upgrade: ${what}`,
  )
}
