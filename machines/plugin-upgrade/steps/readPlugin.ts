import { EngineError } from '../../errors.ts'
import { observe } from '../effect.ts'
import type { ReadRequest } from '../inputs.ts'
import type { Reading } from '../types.ts'
import type { UpgradePorts } from './ports.ts'

/**
 * Reads the plugin that a name, an id or the beginning of one means. Only its own name is of use afterwards: the
 * engine upgrades by name alone (recordings `upgrade.full-id`, `upgrade.short-id`).
 *
 * @throws EngineError `plugin-missing`
 */
export async function readPlugin(
  { engine, remember }: Pick<UpgradePorts, 'engine' | 'remember'>,
  { name, copyName, mayBeSwapped }: ReadRequest,
  signal: AbortSignal,
): Promise<Reading> {
  const look = (wanted: string) => engine.call('pluginInspect', { name: wanted }, { signal })
  const [plugin, copy] = await Promise.all([
    look(name),
    copyName === undefined ? undefined : look(copyName),
  ])
  if (!plugin) throw new EngineError('plugin-missing', `the engine has no plugin ${name}`)
  remember(plugin, mayBeSwapped)
  return { plugin: observe(plugin), ...(copy && { copy: observe(copy) }) }
}
