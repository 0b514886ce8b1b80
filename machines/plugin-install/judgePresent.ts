import { EngineError } from '../errors.ts'
import { computePrivileges } from '../privileges.ts'
import type { Plugin } from '../types.ts'
import type { LookUpRequest } from './lookUpPlugin.ts'
import { isPulledFrom } from './pulledFrom.ts'
import { isApplied } from './settings.ts'
import type { InstallNames, PluginLookUp } from './types.ts'

type Present = Pick<PluginLookUp, 'privileges' | 'present'>

/**
 * Whether a plugin that has the name already is what was asked for, or can be finished. Its
 * privileges are those of its config as it is set now; no digest is told of what is installed.
 *
 * @throws EngineError `already-exists`
 */
export function judgePresent(
  plugin: Plugin,
  { remote }: InstallNames,
  { ifPresent, settings, disabled }: LookUpRequest,
): Present {
  if (ifPresent === 'fail') throw alreadyExists(plugin)
  if (!isPulledFrom(plugin, remote)) throw alreadyExists(plugin, 'not the one asked for')
  const missing = settings.filter((setting) => !isApplied(plugin, setting))
  const asWanted = plugin.Enabled !== disabled && missing.length === 0
  const present = { plugin, asWanted }
  const privileges = computePrivileges(plugin.Config)
  if (asWanted || (ifPresent === 'finish' && !plugin.Enabled)) return { privileges, present }
  const [first] = missing
  throw alreadyExists(
    plugin,
    first === undefined ? undefined : `its setting ${first.split('=', 1)[0]} is another`,
  )
}

function alreadyExists(plugin: Plugin, why?: string): EngineError {
  const { Name, Enabled, PluginReference } = plugin
  const facts = [Enabled ? 'enabled' : 'disabled']
  if (PluginReference !== '') facts.push(`from ${PluginReference}`)
  if (why !== undefined) facts.push(why)
  return new EngineError(
    'already-exists',
    `a plugin named ${Name} is on the engine already (${facts.join(', ')})`,
    { operation: 'pluginInspect' },
  )
}
