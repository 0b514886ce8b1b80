import type {
  Plugin,
  PluginArgs,
  PluginConfig,
  PluginDevice,
  PluginEnv,
  PluginMount,
  PluginSettings,
} from '../../../machines/plugin.ts'
import {
  type Fields,
  fields,
  flag,
  listOrNull,
  name,
  string,
  text,
  textOrNull,
  wrong,
} from './shape.ts'

/**
 * Reads a plugin as `GET /plugins/{name}/json` shows it, with every field. What Go leaves out is filled in
 * with what it means; a config, an id, a name and whether it is enabled must be there, for they decide what is
 * granted and what is removed.
 *
 * @throws WrongShape naming the field
 */
export function readPlugin(value: unknown): Plugin {
  const plugin = fields(value, 'the answer')
  if (typeof plugin.Enabled !== 'boolean') wrong('Enabled', 'true or false')
  return {
    ...plugin,
    Id: readId(plugin.Id),
    Name: name(plugin.Name, 'Name'),
    Enabled: plugin.Enabled as boolean,
    PluginReference: text(plugin.PluginReference, 'PluginReference'),
    Config: readConfig(fields(plugin.Config, 'Config')),
    Settings: readSettings(fieldsOrNone(plugin.Settings, 'Settings')),
  }
}

/** What a plugin is removed by: one that is no id of an engine would leave the plugin where it is. */
function readId(value: unknown): string {
  return typeof value === 'string' && isId(value) ? value : wrong('Id', 'a full id')
}

/** Whether it has the form of a full id, which every recording has. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function readConfig(config: Fields): PluginConfig {
  const linux = fieldsOrNone(config.Linux, 'Config.Linux')
  const network = fieldsOrNone(config.Network, 'Config.Network')
  const face = fieldsOrNone(config.Interface, 'Config.Interface')
  return {
    ...config,
    Args: readArgs(config.Args, 'Config.Args'),
    Env: listOrNull(config.Env, 'Config.Env', readEnv),
    Mounts: listOrNull(config.Mounts, 'Config.Mounts', readMount),
    Linux: {
      ...linux,
      AllowAllDevices: flag(linux.AllowAllDevices, 'Config.Linux.AllowAllDevices'),
      Capabilities: listOrNull(linux.Capabilities, 'Config.Linux.Capabilities', string),
      Devices: listOrNull(linux.Devices, 'Config.Linux.Devices', readDevice),
    },
    Network: { ...network, Type: text(network.Type, 'Config.Network.Type') },
    IpcHost: flag(config.IpcHost, 'Config.IpcHost'),
    PidHost: flag(config.PidHost, 'Config.PidHost'),
    Interface: {
      ...face,
      Socket: text(face.Socket, 'Config.Interface.Socket'),
      Types: listOrNull(face.Types, 'Config.Interface.Types', readInterfaceType),
    },
    Description: text(config.Description, 'Config.Description'),
  }
}

function readSettings(settings: Fields): PluginSettings {
  return {
    ...settings,
    Args: listOrNull(settings.Args, 'Settings.Args', string),
    Devices: listOrNull(settings.Devices, 'Settings.Devices', readDevice),
    Env: listOrNull(settings.Env, 'Settings.Env', string),
    Mounts: listOrNull(settings.Mounts, 'Settings.Mounts', readMount),
  }
}

function readArgs(value: unknown, at: string): PluginArgs {
  const args = fieldsOrNone(value, at)
  return { ...readSettable(args, at), Value: listOrNull(args.Value, `${at}.Value`, string) }
}

function readEnv(value: unknown, at: string): PluginEnv {
  const env = fields(value, at)
  return { ...readSettable(env, at), Value: textOrNull(env.Value, `${at}.Value`) }
}

function readDevice(value: unknown, at: string): PluginDevice {
  const device = fields(value, at)
  return { ...readSettable(device, at), Path: textOrNull(device.Path, `${at}.Path`) }
}

function readMount(value: unknown, at: string): PluginMount {
  const mount = fields(value, at)
  return {
    ...readSettable(mount, at),
    Source: textOrNull(mount.Source, `${at}.Source`),
    Destination: text(mount.Destination, `${at}.Destination`),
    Type: text(mount.Type, `${at}.Type`),
    Options: listOrNull(mount.Options, `${at}.Options`, string),
  }
}

/** What arguments, variables, devices and mounts have in common. */
function readSettable(value: Fields, at: string) {
  return {
    ...value,
    Name: text(value.Name, `${at}.Name`),
    Description: text(value.Description, `${at}.Description`),
    Settable: listOrNull(value.Settable, `${at}.Settable`, string),
  }
}

/** `docker.volumedriver/1.0`; API 1.25 answers with the parts of it. */
function readInterfaceType(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  const parts = fields(value, at)
  const [prefix, capability, version] = ['Prefix', 'Capability', 'Version'].map((part) =>
    text(parts[part], `${at}.${part}`),
  )
  return `${prefix}.${capability}/${version}`
}

function fieldsOrNone(value: unknown, at: string): Fields {
  return value === undefined || value === null ? {} : fields(value, at)
}
