import type { Plugin } from '../../machines/plugin.ts'
import { pluginDelete } from './api/pluginDelete.ts'
import { pluginDisable } from './api/pluginDisable.ts'
import { pluginEnable } from './api/pluginEnable.ts'
import { pluginInspectWhole } from './api/pluginInspectWhole.ts'
import { type PluginListInput, pluginList } from './api/pluginList.ts'
import { pluginSet } from './api/pluginSet.ts'
import type { EngineConnection } from './http/connectEngine.ts'
import { negotiate } from './negotiate.ts'

/**
 * The plugins that are on an engine: what surrounds an install. By Docker's `operationId`; a name is
 * a local name, an id, or the beginning of one. Every method rejects with an `EngineError` and
 * nothing else, `not-found` where there is no such plugin, and is bounded in time.
 */
export interface InstalledPlugins {
  pluginList(filters: PluginListInput['filters'], signal: AbortSignal): Promise<Plugin[]>
  /** Every field as the engine gives it. */
  pluginInspect(name: string, signal: AbortSignal): Promise<Record<string, unknown>>
  /** `settings`: `NAME[.FIELD][=VALUE]` each. */
  pluginSet(name: string, settings: readonly string[], signal: AbortSignal): Promise<void>
  /** `timeout` in whole seconds; 0 leaves it to the engine. */
  pluginEnable(name: string, timeout: number, signal: AbortSignal): Promise<void>
  pluginDisable(name: string, options: { force: boolean }, signal: AbortSignal): Promise<void>
  pluginDelete(name: string, options: { force: boolean }, signal: AbortSignal): Promise<void>
}

/** The plugins on the engine behind a connection. */
export function installedPlugins(connection: EngineConnection): InstalledPlugins {
  const { versioned } = negotiate(connection)
  return {
    async pluginList(filters, signal) {
      return pluginList(await versioned(signal), { filters }, signal)
    },
    async pluginInspect(name, signal) {
      return pluginInspectWhole(await versioned(signal), { name }, signal)
    },
    async pluginSet(name, settings, signal) {
      return pluginSet(await versioned(signal), { name, settings }, signal)
    },
    async pluginEnable(name, timeout, signal) {
      return pluginEnable(await versioned(signal), { name, timeout }, signal)
    },
    async pluginDisable(name, { force }, signal) {
      return pluginDisable(await versioned(signal), { name, force }, signal)
    },
    async pluginDelete(name, { force }, signal) {
      return pluginDelete(await versioned(signal), { name, force }, signal)
    },
  }
}
