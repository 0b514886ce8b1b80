import type { Plugin } from '../../machines/plugin.ts'
import type { Answers } from './fakePorts.ts'
import { digest, hostNetwork, samplePlugin } from './samples.ts'

export type RememberingEngine = Required<
  Pick<
    Answers,
    | 'systemPing'
    | 'getPluginPrivileges'
    | 'distributionInspect'
    | 'pluginInspect'
    | 'pluginPull'
    | 'pluginSet'
    | 'pluginEnable'
    | 'pluginDelete'
  >
> & {
  /** The plugin on it. */
  plugin(): Plugin | undefined
}

/** The answers of an engine that remembers what was done to it, in as far as a flow looks. */
export function rememberingEngine(): RememberingEngine {
  let plugin: Plugin | undefined
  const change = (changed: Partial<Plugin>) => {
    if (plugin) plugin = { ...plugin, ...changed }
  }
  return {
    plugin: () => plugin,
    systemPing: async () => ({ apiVersion: '1.41' }),
    getPluginPrivileges: async () => ({ privileges: [hostNetwork], hidden: false }),
    distributionInspect: async () => ({ digest }),
    pluginInspect: async () => plugin,
    async pluginPull() {
      plugin = samplePlugin()
      return { digest }
    },
    pluginSet: async ({ settings }) =>
      change({ Settings: { Args: [], Devices: [], Env: [...settings], Mounts: [] } }),
    pluginEnable: async () => change({ Enabled: true }),
    async pluginDelete() {
      plugin = undefined
    },
  }
}
