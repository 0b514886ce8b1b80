import type { PluginEngine } from '../../machines/engine.ts'
import type { Plugin } from '../../machines/plugin.ts'
import { digest, hostNetwork, samplePlugin } from './samples.ts'

export interface RememberingEngine extends PluginEngine {
  /** What is on it. */
  plugin(): Plugin | undefined
}

/** An engine that remembers what was done to it, in as far as a flow looks. */
export function rememberingEngine(): RememberingEngine {
  let plugin: Plugin | undefined
  const change = (changed: Partial<Plugin>) => {
    if (plugin) plugin = { ...plugin, ...changed }
  }
  return {
    plugin: () => plugin,
    systemPing: async () => ({ apiVersion: '1.41' }),
    getPluginPrivileges: async () => [hostNetwork],
    distributionInspect: async () => ({ digest }),
    pluginInspect: async () => plugin,
    async pluginPull() {
      plugin = samplePlugin()
      return { digest }
    },
    pluginSet: async (_, settings) =>
      change({ Settings: { Args: [], Devices: [], Mounts: [], Env: [...settings] } }),
    pluginEnable: async () => change({ Enabled: true }),
    async pluginDelete() {
      plugin = undefined
    },
  }
}
