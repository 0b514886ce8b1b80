import type { Engine } from '../../engine.ts'
import { EngineError, isEngineError } from '../../errors.ts'
import type { Plugin } from '../../plugin.ts'
import { settingsMatchConfig } from '../../privileges.ts'
import type { Pause } from '../../retry.ts'
import { findHostPath, keyOf, type Setting, withoutSettings } from '../../settings.ts'
import { checkSettings } from '../../steps/checkSettings.ts'
import type { EnableRequest, SetRequest } from '../inputs.ts'
import { type HasSecret, isApplied } from './judgePresent.ts'

export interface SetPorts {
  engine: Engine
  /** The settings as the engine takes them, with the values of secret ones. */
  fill(settings: readonly Setting[]): string[]
  hasSecret: HasSecret
  /** Records the step before the engine is changed. */
  record(): Promise<void>
}

/**
 * Sets all settings, and looks afterwards what the plugin has: an engine may take a setting that has no
 * effect (recordings `upgrade.set-device`, `upgrade.inspect-set-device`).
 *
 * @throws EngineError `set-failed` for a setting without effect, `changed-by-others` where the plugin
 * changed in another way
 */
export async function applySettings(
  { engine, fill, hasSecret, record }: SetPorts,
  { plugin, settings }: SetRequest,
  signal: AbortSignal,
): Promise<Plugin> {
  checkSettings(plugin.Config, settings)
  const filled = fill(settings)
  await record()
  await engine.call('pluginSet', { name: plugin.Id, settings: filled }, { signal })
  const changed = await inspect(engine, plugin, signal)
  const missing = lastOfEach(settings).find((setting) =>
    setting.secret ? !hasSecret(changed, setting) : !isApplied(changed, setting),
  )
  if (missing) throw withoutEffect(plugin, missing)
  if (!settingsMatchConfig(changed)) throw changedByOthers(plugin, 'its mounts or devices')
  const before = withoutSettings(plugin, settings)
  assertSame(before, withKnownEnv(withoutSettings(changed, settings), before))
  return changed
}

/** Before each further try, in milliseconds. */
const STARTING_MS = [500, 1_000, 2_000, 4_000, 8_000]

/**
 * Enables a plugin, and looks afterwards whether it is still what was verified: an upgrade or a set by
 * another client keeps the id.
 *
 * @throws EngineError `changed-by-others` where another client enabled or changed it
 */
export async function enablePlugin(
  ports: EnablePorts,
  request: EnableRequest,
  signal: AbortSignal,
): Promise<undefined> {
  const { plugin } = request
  await ports.record()
  await askToEnable(ports, request, signal)
  const enabled = await inspect(ports.engine, plugin, signal)
  assertSame(plugin, enabled)
  return undefined
}

/** Variables that an engine no longer shows are no change; one that is new, or another, is. */
function withKnownEnv(plugin: Plugin, { Settings: { Env: known } }: Plugin): Plugin {
  const { Env } = plugin.Settings
  const isKnown = Env?.every((line) => known?.includes(line)) ?? true
  return isKnown ? { ...plugin, Settings: { ...plugin.Settings, Env: known } } : plugin
}

/** The parts that an upgrade or a set by another client changes, while the id stays. */
const PARTS = ['Name', 'PluginReference', 'Config', 'Settings'] as const

/** @throws EngineError `changed-by-others` that names the parts in which they differ */
function assertSame(plugin: Plugin, shown: Plugin): void {
  const changed = PARTS.filter(
    (part) => JSON.stringify(shown[part]) !== JSON.stringify(plugin[part]),
  )
  if (changed.length > 0) throw changedByOthers(plugin, `its ${changed.join(' and its ')}`)
}

export interface EnablePorts extends Pick<SetPorts, 'engine' | 'record'> {
  pause: Pause
}

/** An engine goes on with the enable of a process that has died (recording `enable.slow-second-call`). */
async function askToEnable(
  { engine, pause }: EnablePorts,
  { plugin, timeout, wasRequested }: EnableRequest,
  signal: AbortSignal,
): Promise<void> {
  for (const ms of [...STARTING_MS, undefined]) {
    try {
      await engine.call('pluginEnable', { name: plugin.Id, timeout }, { signal })
      return
    } catch (error) {
      const already = isEngineError(error) && error.details.alreadyEnabled
      if (already === 'done' && wasRequested) return
      if (already === 'done') throw changedByOthers(plugin, 'it is enabled')
      if (already !== 'starting' || !wasRequested || ms === undefined) {
        throw withSetting(error, plugin)
      }
      await pause(ms)
    }
  }
}

/** Adds to the next step the setting that points the plugin at a host path which the engine cannot use. */
function withSetting(error: unknown, plugin: Plugin): unknown {
  if (!isEngineError(error)) return error
  const { next } = error.details
  // Words without a path are about a mount that has no source yet.
  const hostPath =
    error.details.hostPath ?? (error.code === 'mount-source-missing' ? '' : undefined)
  const found = hostPath === undefined ? undefined : findHostPath(plugin, hostPath)
  if (!found) return error
  const other = found.setting
    ? `Or install with ${found.setting}=PATH, a path that the engine can use.`
    : 'No setting of the plugin changes this path.'
  return new EngineError(error.code, error.message, {
    ...error.details,
    next: next === undefined ? other : `${next} ${other}`,
  })
}

async function inspect(engine: Engine, { Id, Name }: Plugin, signal: AbortSignal): Promise<Plugin> {
  const plugin = await engine.call('pluginInspect', { name: Id }, { signal })
  if (plugin) return plugin
  throw new EngineError('plugin-gone', `another client removed ${Name} during the install`)
}

/** A setting that is given again replaces the one before. */
function lastOfEach(settings: readonly Setting[]): Setting[] {
  return [...new Map(settings.map((setting) => [setting.name, setting])).values()]
}

function withoutEffect({ Name }: Plugin, setting: Setting): EngineError {
  return new EngineError(
    'set-failed',
    `the engine took the setting ${keyOf(setting)} of ${Name}, but it has no effect: remove the plugin and install it again`,
    { operation: 'pluginSet' },
  )
}

function changedByOthers({ Name }: Plugin, what: string): EngineError {
  return new EngineError(
    'changed-by-others',
    `another client has changed ${Name} during the install: ${what}`,
  )
}
