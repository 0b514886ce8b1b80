import { EngineError } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import { parseReference } from '../../reference.ts'
import { quoted } from '../../text.ts'
import { observe } from '../effect.ts'
import type { ReadRequest } from '../inputs.ts'
import type { Reading } from '../types.ts'
import type { UpgradePorts } from './ports.ts'

/** They stand in the question and in the commands that mend a plugin. A plugin that was made on the engine has no reference. */
function checkNames({ Name, PluginReference }: Plugin): void {
  const isName = (text: string) => typeof parseReference(text) !== 'string'
  if (isName(Name) && (PluginReference === '' || isName(PluginReference))) return
  throw new EngineError(
    'engine-protocol',
    `the engine says that ${quoted(Name)} comes from ${quoted(PluginReference)}: these are no names of plugins`,
  )
}

/**
 * Reads the plugin that a name, an id or the beginning of one means. Only its own name is of use afterwards: the
 * engine upgrades by name alone (recordings `upgrade.full-id`, `upgrade.short-id`).
 *
 * @throws EngineError `plugin-missing`, `upgrade-under-way`
 */
export async function readPlugin(
  { engine, claim, remember }: Pick<UpgradePorts, 'engine' | 'claim' | 'remember'>,
  { name, copyName, mayHaveCopy, mayBeSwapped }: ReadRequest,
  signal: AbortSignal,
): Promise<Reading> {
  const look = (wanted: string) => engine.call('pluginInspect', { name: wanted }, { signal })
  const found = (await look(name)) ?? missing(name)
  checkNames(found)
  claim(found.Name, copyName)
  // Another upgrade may have ended since that look.
  const [plugin, copy] = await Promise.all([
    look(found.Name),
    mayHaveCopy ? look(copyName) : undefined,
  ])
  if (!plugin) return missing(name)
  checkNames(plugin)
  remember(plugin, mayBeSwapped)
  return { plugin: observe(plugin), ...(copy && { copy: observe(copy) }) }
}

function missing(name: string): never {
  throw new EngineError('plugin-missing', `the engine has no plugin ${name}`)
}
