import { EngineError } from '../../errors.ts'
import type { Plugin, PluginPrivilege } from '../../plugin.ts'
import { comparePrivileges, computePrivileges, settingsMatchConfig } from '../../privileges.ts'
import type { PluginNames } from '../../reference.ts'
import { isPulledFrom } from '../../reference.ts'
import { keyOf, type Setting, withoutSettings } from '../../settings.ts'
import type { LookUpRequest } from '../inputs.ts'
import { layersOf } from '../snapshot.ts'
import type { PluginLookUp, Resumed } from '../types.ts'

/** Whether a plugin has the value of a secret setting already, which the machine does not know. */
export type HasSecret = (plugin: Plugin, setting: Setting) => boolean

type Present = Pick<PluginLookUp, 'privileges' | 'digest' | 'present'>

/**
 * Whether a plugin that has the name already is what was asked for, or can be finished. Its
 * privileges are those of its config as it is set now; an engine reports no digest of what is installed.
 *
 * @throws EngineError `already-exists`
 */
export function judgePresent(
  plugin: Plugin,
  { remote }: PluginNames,
  { ifPresent, settings, disabled, resumed, digest }: LookUpRequest,
  hasSecret: HasSecret,
): Present {
  const missing = settings.filter((setting) =>
    setting.secret ? !hasSecret(plugin, setting) : !isApplied(plugin, setting),
  )
  if (resumed && isOwn(plugin, remote, resumed)) {
    // A run that has ended is taken up without the values of its secret settings.
    const isSet = missing.every(({ secret }) => secret) && settingsMatchConfig(plugin)
    const privileges = computePrivileges(withoutSettings(plugin, settings).Config)
    const isSame = isPulledFrom(plugin, remote) && hasLayers(plugin, resumed)
    return judgeOwn(plugin, resumed, isSame, isSet ? privileges : undefined)
  }
  if (ifPresent === 'fail') throw alreadyExists(plugin)
  if (!isPulledFrom(plugin, remote)) throw alreadyExists(plugin, 'not the one asked for')
  if (digest !== undefined) {
    throw alreadyExists(plugin, 'an engine does not tell whether its content has the digest')
  }
  const asWanted = plugin.Enabled !== disabled && missing.length === 0
  const present = { plugin, asWanted, own: false }
  const privileges = computePrivileges(plugin.Config)
  if (asWanted || (ifPresent === 'finish' && !plugin.Enabled)) return { privileges, present }
  const [first] = missing
  throw alreadyExists(
    plugin,
    first === undefined ? undefined : `its setting ${keyOf(first)} is another`,
  )
}

function isOwn(plugin: Plugin, remote: string, { ownership, id, claimExpired }: Resumed): boolean {
  if (id !== undefined) return plugin.Id === id
  if (claimExpired) return false
  return ['uncertain', 'created'].includes(ownership) && isPulledFrom(plugin, remote)
}

/**
 * A plugin that this run pulled in an earlier process. The consent of then is what it is
 * compared with now.
 *
 * @param isSame its content is what the run had seen
 * @param privileges those besides its settings, which are set; absent where they are not
 */
function judgeOwn(
  plugin: Plugin,
  { consent, enableRequested }: Resumed,
  isSame: boolean,
  privileges: PluginPrivilege[] | undefined,
): Present {
  if (!consent) {
    throw new EngineError('consent-denied', `no consent to ${plugin.Name} is on record`)
  }
  if (plugin.Enabled && !enableRequested) {
    throw new EngineError('plugin-gone', `somebody else has enabled ${plugin.Name} meanwhile`)
  }
  const { request } = consent
  // An enabled plugin is not verified any further.
  const isVerified =
    isSame &&
    (!plugin.Enabled ||
      (privileges !== undefined &&
        !comparePrivileges(request.privileges, privileges)?.added?.length))
  if (!isVerified) {
    throw new EngineError(
      'changed-by-others',
      `another client has changed ${plugin.Name} since this run was left`,
    )
  }
  return {
    privileges: request.privileges,
    ...(request.digest === undefined ? {} : { digest: request.digest }),
    present: { plugin, asWanted: plugin.Enabled, own: true },
  }
}

/** An engine that tells no layers is believed. */
function hasLayers(plugin: Plugin, { layers }: Resumed): boolean {
  const shown = layersOf(plugin)
  return !layers || !shown || shown.join() === layers.join()
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

/** True when a plugin has the setting already; of a setting that it does not know, it has none. */
export function isApplied({ Config, Settings }: Plugin, { name, value = '' }: Setting): boolean {
  if ((Config.Env ?? []).some(({ Name }) => Name === name)) {
    return (Settings.Env ?? []).includes(`${name}=${value}`)
  }
  const mount = (Settings.Mounts ?? []).find(({ Name }) => Name === name)
  if (mount) return mount.Source === value
  const device = (Settings.Devices ?? []).find(({ Name }) => Name === name)
  if (device) return device.Path === value
  return Config.Args.Name === name && (Settings.Args ?? []).join(' ') === value
}
