import type { Plugin, PluginConfig, PluginSettings } from '../../machines/plugin.ts'
import { ApiError } from './exchange.ts'

interface Setting {
  name: string
  field: string
  value: string
}

/** The settings of a new plugin. Mounts and devices are shared with the config (`inspect.after-set`). */
export function initialSettings(config: PluginConfig): PluginSettings {
  return {
    Args: [...(config.Args.Value ?? [])],
    Devices: [...(config.Linux.Devices ?? [])],
    Env: (config.Env ?? []).flatMap(({ Name, Value }) =>
      Value === null ? [] : [`${Name}=${Value}`],
    ),
    Mounts: [...(config.Mounts ?? [])],
  }
}

/** The settings that the engine gives the process of the plugin. Other parts of Config and Settings have no effect. */
export function settingsInEffect({ Config, Settings }: Plugin): PluginSettings {
  const { Args, Devices, Env } = Settings
  return structuredClone({ Args, Devices, Env, Mounts: Config.Mounts ?? [] })
}

/**
 * Applies `NAME[.FIELD][=VALUE]` pairs in order. Those before the first refusal stay set
 * (`inspect.after-set-second-unknown`).
 */
export function applySettings(plugin: Plugin, pairs: readonly string[]): void {
  if (plugin.Enabled) {
    throw new ApiError(500, 'cannot set on an active plugin, disable plugin before setting')
  }
  for (const setting of pairs.map(parseSetting)) applySetting(plugin, setting)
}

function parseSetting(pair: string): Setting {
  const equals = pair.indexOf('=')
  if (equals === 0) {
    throw new ApiError(500, 'invalid format, must be <name>[.<field>][=<value>]')
  }
  const name = equals === -1 ? pair : pair.slice(0, equals)
  const value = equals === -1 ? '' : pair.slice(equals + 1)
  const dot = name.lastIndexOf('.')
  if (dot <= 0) return { name, field: '', value }
  return { name: name.slice(0, dot), field: name.slice(dot + 1), value }
}

function applySetting({ Config, Settings }: Plugin, setting: Setting): void {
  const { name, value } = setting
  const env = Config.Env?.find(({ Name }) => Name === name)
  if (env) {
    demandSettable(setting, 'value', env.Settable)
    replaceEnv(Settings.Env as string[], name, value)
    return
  }
  const mount = Config.Mounts?.find(({ Name }) => Name === name)
  if (mount) {
    demandSettable(setting, 'source', mount.Settable)
    if (mount.Source === null) throw new ApiError(500, 'Plugin config has no mount source')
    mount.Source = value
    return
  }
  const device = Config.Linux.Devices?.find(({ Name }) => Name === name)
  if (device) {
    demandSettable(setting, 'path', device.Settable)
    if (device.Path === null) throw new ApiError(500, 'Plugin config has no device path')
    device.Path = value
    return
  }
  if (Config.Args.Name !== name) {
    throw new ApiError(500, `setting ${JSON.stringify(name)} not found in the plugin configuration`)
  }
  demandSettable(setting, 'value', Config.Args.Settable)
  Settings.Args = value.split(' ')
}

function demandSettable({ name, field }: Setting, only: string, settable: string[] | null): void {
  const fields = settable ?? []
  if (field === '' && fields.length > 1) {
    throw new ApiError(500, 'multiple fields are settable, one must be specified')
  }
  const wanted = field || (fields[0] ?? '')
  if (wanted === only && fields.includes(only)) return
  throw new ApiError(500, `${JSON.stringify(wanted ? `${name}.${wanted}` : name)} is not settable`)
}

function replaceEnv(env: string[], name: string, value: string): void {
  const at = env.findIndex((line) => line.split('=', 1)[0] === name)
  env.splice(at === -1 ? env.length : at, 1, `${name}=${value}`)
}
