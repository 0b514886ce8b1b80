import { toInput } from './input.ts'
import { readSettings } from './secrets/readSettings.ts'
import { startFlow } from './startFlow.ts'
import type { Engine, InstallOptions, PluginInstall } from './types.ts'

/**
 * Installs a plugin, and takes it back when a step fails. The flow starts at once. When it has ended,
 * nothing of it is on the engine that its `result` does not tell of.
 *
 * @throws EngineError `invalid-setting` where the settings cannot be read, `invalid-option` where the
 * policy cannot be used
 */
export function installPlugin(engine: Engine, options: InstallOptions): PluginInstall {
  return startFlow(engine, toInput(options), options, readSettings(options.settings).values)
}
